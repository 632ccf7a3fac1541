"""A message that is a listed word has its intent for certain; no other message is touched."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from tests.nlu import component_contract as contract
from xiaoer.nlu.exact_intent_classifier import ExactIntentClassifier, normalised, read_words

SHOPS = "data/exact_words.yml"
WORDS = read_words(SHOPS)


@pytest.fixture
def shops(storage):
    """What the shop's own file makes."""
    data = TrainingData([contract.example("x", one) for one in sorted(set(WORDS.values()))])
    return contract.trained(ExactIntentClassifier, {"words": SHOPS}, storage, data)


def understood(component, text):
    """What becomes of a message that others took for something else, with an entity."""
    entity = {"entity": "product", "start": 0, "end": 1, "value": text[:1]}
    before = {"name": "insult", "confidence": 0.99}
    message = Message(
        {TEXT: text, INTENT: before, INTENT_RANKING_KEY: [before], ENTITIES: [entity]}
    )
    component.process([message])
    return message.get(INTENT), message.get(INTENT_RANKING_KEY), message.get(ENTITIES)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("退订", "unsubscribe"),
        ("TD", "unsubscribe"),
        ("td", "unsubscribe"),
        ("ＴＤ。", "unsubscribe"),
        ("T", "unsubscribe"),
        ("【取消订阅】", "unsubscribe"),
        ("不要再发了！！", "unsubscribe"),
        ("Unsubscribe.", "unsubscribe"),
        ("  stop   MESSAGES ", "unsubscribe"),
        ("订阅", "subscribe"),
        ("Subscribe", "subscribe"),
        ("STOP", "stop_word"),
        ("stop!", "stop_word"),
    ],
)
def test_a_word_leaves_no_doubt(shops, text, intent):
    sure = {"name": intent, "confidence": 1.0}
    assert understood(shops, text) == (sure, [sure], [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "退订单",
        "怎么退订",
        "T恤",
        "TDK",
        "please stop the order",
        "/stop",
        "/unsubscribe",
        "。",
    ],
)
def test_what_only_holds_a_word_is_left_alone(shops, text):
    intent, ranking, entities = understood(shops, text)
    assert intent == {"name": "insult", "confidence": 0.99}
    assert ranking == [intent]
    assert len(entities) == 1


@given(
    word=st.sampled_from(sorted(WORDS)),
    before=st.text(alphabet=" \t!?.,。！？「」【】*～~", max_size=4),
    after=st.text(alphabet=" \t!?.,。！？「」【】*～~", max_size=4),
    upper=st.booleans(),
)
def test_marks_spaces_and_case_do_not_matter(word, before, after, upper):
    assert WORDS[normalised(before + (word.upper() if upper else word) + after)] == WORDS[word]


@given(st.text(max_size=30))
def test_any_text_is_brought_to_one_form(text):
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"a": ["x"], "b": ["X!"]}, "stands for a and for b"),
        ({"a": "x"}, "a list of words"),
        ({"a": [1]}, "is no word"),
        ({"a": ["!"]}, "is no word"),
        (["a"], "a list of words"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, content, said):
    path = tmp_path / "words.yml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(InvalidConfigException, match=said):
        read_words(str(path))


def test_a_missing_file_is_named(storage, tmp_path: Path):
    for words in (None, str(tmp_path / "none.yml")):
        made = ExactIntentClassifier({"words": words}, storage, Resource("x"))
        with pytest.raises(InvalidConfigException):
            made.train(TrainingData([]))


def test_words_of_an_unknown_intent_are_left_out_with_a_warning(storage):
    data = TrainingData([contract.example("x", "subscribe")])
    with pytest.warns(UserWarning, match="unsubscribe"):
        made = contract.trained(ExactIntentClassifier, {"words": SHOPS}, storage, data)
    assert made.intent_of("订阅") == "subscribe"
    assert made.intent_of("退订") is None
