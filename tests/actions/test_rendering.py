"""Texts out of responses are those Rasa itself would say."""

import pytest
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from actions.rendering import MissingResponse, Responses

ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]
DOMAIN = {
    "responses": {
        "utter_hello": [
            {"text": "你好 {name}"},
            {"text": "Hello {name}", "condition": ENGLISH},
            {"text": "hi {name}", "condition": ENGLISH, "channel": "slack"},
        ],
        "utter_english_only": [{"text": "Well", "condition": ENGLISH}],
        "utter_slot": [{"text": "{city} {unknown}"}],
    }
}


@pytest.mark.parametrize("language", ["zh", "en", None])
@pytest.mark.parametrize("channel", ["rest", "slack", None])
def test_the_same_variation_as_rasa(language, channel):
    slots = {"language": language, "name": "slot"}
    rasa = TemplatedNaturalLanguageGenerator(DOMAIN["responses"])
    said = rasa.generate_from_slots("utter_hello", slots, channel, name="Wei")
    ours = Responses(DOMAIN, slots, channel).text("utter_hello", name="Wei")
    assert ours == said["text"]


def test_slots_fill_what_is_not_given_and_the_rest_stays():
    text = Responses(DOMAIN, {"city": "云州"}, None).text("utter_slot")
    assert text == "云州 {unknown}"


def test_braces_in_a_value_are_not_filled_again():
    text = Responses(DOMAIN, {"language": "en", "city": "x"}, None).text(
        "utter_hello", name="{city}"
    )
    assert text == "Hello {city}"


@pytest.mark.parametrize("name", ["utter_nothing", "utter_english_only"])
def test_none_that_fits(name):
    with pytest.raises(MissingResponse, match=name):
        Responses(DOMAIN, {"language": "zh"}, None).text(name)
