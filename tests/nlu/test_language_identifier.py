"""Chinese, English, or not to be told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from xiaoer.nlu.language_identifier import LanguageIdentifier, identify


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("你好", "zh"),
        ("我的订单XD202610050012到哪了", "zh"),
        ("有 wireless earbuds 吗", "zh"),
        ("ok的", "zh"),
        ("XL的有吗", "zh"),
        ("我要 refund", "zh"),
        ("USB线", "zh"),
        ("hi", "en"),
        ("where's my order", "en"),
        ("WHERE IS MY ORDER XD202610050012", "en"),
        ("do you have 星云X1", "en"),
        ("can I get 手机壳", "en"),
        ("need XL", "en"),
        ("refund", "en"),
        ("ｗｈｅｒｅ　ｉｓ　ｉｔ", "en"),
        ("don’t want it", "en"),
    ],
)
def test_the_language(text, code):
    assert identify(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "1234",
        "XD202610050012",
        "PH-1001-BK",
        "😀🎉",
        "?!",
        "\x00",
        "XL",
        "M",
        "OK",
        "USB",
        "ok",
        "ok.",
        "привет",
        "ありがとう",
        "注文はどこですか",
        "배송 언제 와요",
        "١٢٣",
    ],
)
def test_what_cannot_be_told(text):
    assert identify(text) is None


@given(st.text(max_size=200))
def test_any_text(text):
    found = identify(text)
    assert found is None or (found.code in ("zh", "en") and 0.5 <= found.confidence <= 1)


def _component(**config):
    config = {**LanguageIdentifier.get_default_config(), **config}
    return LanguageIdentifier.create(config, None, None, None)


def test_it_stands_in_the_output():
    message = Message(data={TEXT: "where is my parcel"}, output_properties={TEXT})
    _component(as_entity=False).process([message])
    output = message.as_dict(only_output_properties=True)
    assert output["language"]["code"] == "en"
    assert ENTITIES not in output
    json.dumps(output)


def test_as_an_entity_beside_others():
    other = {"entity": "brand", "start": 0, "end": 2, "value": "x", "extractor": "Other"}
    message = Message(data={TEXT: "流萤的手机", ENTITIES: [other]})
    _component().process([message])
    first, second = message.get(ENTITIES)
    assert first == other
    assert (second["entity"], second["value"]) == ("language", "zh")
    assert second["extractor"] == "LanguageIdentifier"
    assert (second["start"], second["end"]) == (0, 5)


def test_nothing_is_added_when_it_cannot_tell():
    message = Message(data={TEXT: "1234"})
    _component().process([message])
    assert message.get("language") is None
    assert not message.get(ENTITIES)


def test_a_high_bar():
    message = Message(data={TEXT: "有 wireless earbuds 吗"})
    _component(min_confidence=0.95).process([message])
    assert message.get("language") is None


def test_a_message_without_text():
    message = Message(data={"intent": "greet"})
    _component().process([message])
    assert message.get("language") is None
