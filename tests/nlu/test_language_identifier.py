"""Chinese, English, both, or not to be told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from xiaoer.lm import Encoder
from xiaoer.nlu.constants import BASE_VECTOR, BaseVector
from xiaoer.nlu.language_identifier import LanguageIdentifier
from xiaoer.nlu.language_rules import identify
from xiaoer.nlu.sentence_head import SentenceHeadError
from xiaoer.nlu.train_head import means


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
        "où est ma commande",
        "wo ist meine Bestellung",
        "¿dónde está mi pedido?",
        "gdzie jest moje zamówienie",
        "где мой заказ",
    ],
)
def test_what_cannot_be_told(text):
    assert identify(text)[::2] == ("unknown", None)


@pytest.mark.parametrize(
    ("text", "dominant"),
    [
        ("你好，在吗 where is it", "zh"),
        ("這個多少錢 how much", "zh"),
        ("please call me later when I am home 我不在", "en"),
        ("thank you so much 谢谢你", "en"),
    ],
)
def test_both_languages(text, dominant):
    assert identify(text)[::2] == ("mixed", dominant)


TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(["我的", "订单", "where is", "my", "où est", "die", "XL", "12", "привет", "😀"])
).map(" ".join)
PROBABILITIES = st.lists(st.floats(0, 1), min_size=4, max_size=4).map(
    lambda values: dict(zip(("en", "mixed", "unknown", "zh"), values, strict=True))
)


@given(TEXTS, st.none() | PROBABILITIES)
def test_any_text(text, probabilities):
    found = identify(text, probabilities)
    assert 0.5 <= found.confidence <= 1
    if found.code in ("zh", "en"):
        assert found.dominant == found.code
    elif found.code == "mixed":
        assert found.dominant in ("zh", "en")
    else:
        assert found[::2] == ("unknown", None)


@given(st.text(alphabet="我的订单到哪里了买手机，？ 😀19", max_size=40), PROBABILITIES)
def test_a_head_is_not_heard_on_chinese_alone(text, probabilities):
    assert identify(text, probabilities) == identify(text)


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


def test_the_language_of_a_number_is_unknown_and_fills_no_slot():
    message = Message(data={TEXT: "1234"})
    _component().process([message])
    assert message.get("language") == {"code": "unknown", "confidence": 1.0}
    assert not message.get(ENTITIES)


def test_a_mixed_message_is_answered_in_the_dominant_language():
    message = Message(data={TEXT: "thank you so much 谢谢你"})
    _component().process([message])
    assert message.get("language")["code"] == "mixed"
    assert message.get("language")["dominant"] == "en"
    assert [entity["value"] for entity in message.get(ENTITIES)] == ["en"]


@pytest.fixture(scope="module")
def seen():
    """A function that returns a message with the base vector of its text."""
    encoder = Encoder.load("bundled")

    def see(text, fingerprint=None, layer=8):
        vector = means(encoder, layer, [text])[0]
        left = BaseVector(fingerprint or encoder.fingerprint(), layer, vector)
        return Message(data={TEXT: text, BASE_VECTOR: left})

    return see


# Words that no list of function words knows: only the head can tell.
FRENCH = "livraison gratuite"


def test_the_head_tells_other_languages_by_their_nouns(seen):
    for text in (FRENCH, "spedizione gratuita", "Waschmaschine"):
        assert identify(text).code == "en"
        message = seen(text)
        _component().process([message])
        assert message.get("language")["code"] == "unknown"
    message = seen("free shipping")
    _component().process([message])
    assert message.get("language")["code"] == "en"


def test_without_the_vector_it_reads_the_rules_decide(seen):
    for message, config in (
        (Message(data={TEXT: FRENCH}), {}),
        (seen(FRENCH), {"head": None}),
        (seen(FRENCH, fingerprint="another"), {}),
        (seen(FRENCH, layer=4), {}),
    ):
        _component(**config).process([message])
        assert message.get("language")["code"] == "en"


def test_a_vector_that_the_head_cannot_read_is_said_once(seen, caplog):
    component = _component()
    component.process([seen("free shipping"), Message(data={TEXT: FRENCH})])
    assert not caplog.records
    component.process([seen(FRENCH, layer=4), seen("free shipping", layer=4)])
    (record,) = caplog.records
    assert "trainable_layers" in record.message


def test_a_head_for_something_else_is_one_sentence(tmp_path, project_root):
    sentiment = project_root / "components/xiaoer/nlu/assets/sentiment.safetensors"
    for head in (sentiment, tmp_path / "none"):
        with pytest.raises(SentenceHeadError, match=r"xiaoer\.nlu\.train_head") as raised:
            _component(head=str(head))
        assert "\n" not in str(raised.value)


def test_contract(contract, storage):
    contract.check_definition(LanguageIdentifier)
    component = contract.trained(LanguageIdentifier, {}, storage, None)
    contract.check_processing(component, ["你好", "where is it", "thank you so much 谢谢你"])


def test_a_high_bar():
    message = Message(data={TEXT: "有 wireless earbuds 吗"})
    _component(min_confidence=0.95).process([message])
    assert message.get("language") is None


def test_a_message_without_text():
    message = Message(data={"intent": "greet"})
    _component().process([message])
    assert message.get("language") is None
