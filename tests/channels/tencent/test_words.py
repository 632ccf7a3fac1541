"""What is given to Rasa as the customer's text."""

import json

import pytest
from hypothesis import given, strategies
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from xiaoer.channels.tencent.words import as_words, intent_message


@given(strategies.text(alphabet="/ \n\t{}\"':a店\u3000\u200b", max_size=12))
def test_rasa_reads_no_customers_text_as_an_intent(text: str) -> None:
    message = Message.build(as_words(text))
    assert YAMLStoryReader.unpack_regex_message(message) is message


@pytest.mark.parametrize("value", ['"}', "a\nb", "{x}", "/greet", "店", "@0.1", "\\"])
def test_rasa_reads_an_intent_message_as_it_was_meant(value: str) -> None:
    text = intent_message("wecom_link", {"title": value, "url": ""})
    message = YAMLStoryReader.unpack_regex_message(Message.build(text))
    assert message.get("intent") == {"name": "wecom_link", "confidence": 1.0}
    assert [(e["entity"], e["value"]) for e in message.get("entities")] == [("title", value)]
    assert json.loads(text.removeprefix("/wecom_link")) == {"title": value}
