"""Sentiment in both languages, alone and beside the classifier, with the shipped and an own head."""

import json
from pathlib import Path

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.lm import Encoder
from xiaoer.nlu import SentimentAnalyzer
from xiaoer.nlu.constants import BASE_VECTOR, BaseVector
from xiaoer.nlu.sentence_head import SentenceHead, SentenceHeadError
from xiaoer.nlu.sentiment_analyzer import SENTIMENTS
from xiaoer.nlu.train_head import means

CLEAR = [
    ("太差了，用两天就坏", "negative"),
    ("快递一个星期都没到，客服也不理人", "negative"),
    ("有白色的吗", "neutral"),
    ("我想查一下物流", "neutral"),
    ("非常好用，下次还来", "positive"),
    ("谢谢，太贴心了", "positive"),
    ("terrible quality, it broke at once", "negative"),
    ("nobody answers and my money is gone", "negative"),
    ("do you have it in white", "neutral"),
    ("cancel my order please", "neutral"),
    ("love it, works perfectly", "positive"),
    ("thanks a lot, you were so helpful", "positive"),
]


@pytest.fixture(scope="module")
def analyzer() -> SentimentAnalyzer:
    return _component()


def _component(**config) -> SentimentAnalyzer:
    whole = {**SentimentAnalyzer.get_default_config(), **config}
    return SentimentAnalyzer.create(whole, None, Resource("sentiment"), None)


def test_contract(contract, storage) -> None:
    contract.check_definition(SentimentAnalyzer)
    component = contract.trained(
        SentimentAnalyzer, {"as_entity": True}, storage, TrainingData([Message({TEXT: "好"})])
    )
    contract.check_processing(component, [text for text, _ in CLEAR])


@pytest.mark.parametrize(("text", "label"), CLEAR)
def test_what_is_clear(analyzer, text: str, label: str) -> None:
    message = Message({TEXT: text}, output_properties={TEXT})
    analyzer.process([message])
    output = message.as_dict(only_output_properties=True)
    assert output["sentiment"]["label"] == label
    assert 1 / 3 < output["sentiment"]["confidence"] <= 1
    assert ENTITIES not in output
    json.dumps(output)


def test_as_an_entity_beside_others() -> None:
    other = {"entity": "brand", "start": 0, "end": 2, "value": "x", "extractor": "Other"}
    message = Message({TEXT: "流萤的手机真好用", ENTITIES: [other]})
    _component(as_entity=True).process([message])
    first, second = message.get(ENTITIES)
    assert first == other
    assert (second["entity"], second["value"]) == ("sentiment", "positive")
    assert (second["start"], second["end"], second["extractor"]) == (0, 8, "SentimentAnalyzer")


def test_a_text_without_subwords_has_no_sentiment(analyzer) -> None:
    messages = [Message({TEXT: "  "}), Message({TEXT: "太棒了"}), Message({"intent": "greet"})]
    analyzer.process(messages)
    assert [bool(message.get("sentiment")) for message in messages] == [False, True, False]


def test_the_vector_of_a_neighbour_is_read_if_it_is_the_right_one(analyzer) -> None:
    encoder = Encoder.load("bundled")
    angry = means(encoder, 8, ["太差了，垃圾"])[0]
    own, other_layer, other_encoder = (
        BaseVector(fingerprint, layer, angry)
        for fingerprint, layer in (
            (encoder.fingerprint(), 8),
            (encoder.fingerprint(), 7),
            ("another", 8),
        )
    )
    found = []
    for vector in (own, other_layer, other_encoder):
        message = Message({TEXT: "太棒了，喜欢", BASE_VECTOR: vector})
        analyzer.process([message])
        found.append(message.get("sentiment")["label"])
    assert found == ["negative", "positive", "positive"]


def test_a_head_for_another_encoder_is_one_sentence(tmp_path: Path) -> None:
    shipped = _component()._head
    alien = SentenceHead("another@1/1", shipped.layer, shipped.regression)
    (tmp_path / "alien").write_bytes(alien.to_bytes())
    (tmp_path / "rubbish").write_bytes(b"rubbish")
    for name in ("alien", "rubbish", "missing"):
        with pytest.raises(SentenceHeadError, match=r"xiaoer.nlu.train_head") as raised:
            _component(head=str(tmp_path / name))
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "config", [{"max_tokens": 3}, {"head": None}, {"as_entity": "yes"}, {"threads": 0}]
)
def test_wrong_values_are_named(config) -> None:
    with pytest.raises(InvalidConfigException, match=next(iter(config))):
        _component(**config)


def test_the_archive_keeps_an_own_head(contract, storage, tmp_path: Path) -> None:
    shipped = _component()._head
    regression = shipped.regression
    turned = SentenceHead(shipped.encoder, shipped.layer, regression)
    regression.weight, regression.bias = -regression.weight, -regression.bias
    file = tmp_path / "own.safetensors"
    file.write_bytes(turned.to_bytes())
    config = {**SentimentAnalyzer.get_default_config(), "head": str(file)}
    addon = SentimentAnalyzer.fingerprint_addon(config)
    assert addon != SentimentAnalyzer.fingerprint_addon(SentimentAnalyzer.get_default_config())

    made = SentimentAnalyzer.create(config, storage, Resource("own"), contract.context())
    made.train(TrainingData())
    file.unlink()
    loaded = SentimentAnalyzer.load(config, storage, Resource("own"), contract.context())
    message = Message({TEXT: "太棒了，喜欢"})
    loaded.process([message])
    assert message.get("sentiment")["label"] != "positive"


def test_a_head_survives_its_file() -> None:
    head = _component()._head
    again = SentenceHead.from_bytes(head.to_bytes(), "again", SENTIMENTS)
    vector = means(Encoder.load("bundled"), 8, ["还行吧"])[0]
    assert again.probabilities(vector) == head.probabilities(vector)
    assert sum(again.probabilities(vector).values()) == pytest.approx(1, abs=1e-5)
