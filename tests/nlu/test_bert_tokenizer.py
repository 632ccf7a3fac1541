import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.lm import Encoder
from xiaoer.nlu import BertTokenizer
from xiaoer.nlu.encoders import BaseModelError

TOKENS = TOKENS_NAMES[TEXT]


@pytest.fixture(scope="module")
def tokenizer() -> BertTokenizer:
    return BertTokenizer(BertTokenizer.get_default_config(), Encoder.load("bundled"))


def texts(message: Message) -> list[str]:
    return [token.text for token in message.get(TOKENS)]


def test_chinese_emoji_and_full_width(tokenizer: BertTokenizer) -> None:
    message = Message({TEXT: "想买手机 ＡＢＣ😀"})
    tokenizer.process([message])
    assert texts(message) == ["想", "买", "手机", "ＡＢＣ", "😀"]
    assert [(t.start, t.end) for t in message.get(TOKENS)][-2:] == [(5, 8), (8, 9)]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_a_token_is_its_place_in_the_message(text: str) -> None:
    tokenizer = BertTokenizer(BertTokenizer.get_default_config(), Encoder.load("bundled"))
    tokens = tokenizer.tokenize(Message({TEXT: text}), TEXT)
    assert all(text[t.start : t.end] == t.text != "" for t in tokens)
    assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))


def test_training_examples_get_tokens_too(tokenizer: BertTokenizer) -> None:
    example = Message({TEXT: "想买手机", "intent": "search_product"})
    tokenizer.process_training_data(TrainingData([example]))
    assert texts(example) == ["想", "买", "手机"]


def test_unknown_model_is_one_sentence(contract, storage) -> None:
    config = {**BertTokenizer.get_default_config(), "model": "no such model"}
    with pytest.raises(BaseModelError, match="write `bundled`") as raised:
        BertTokenizer.create(config, storage, Resource("t"), contract.context())
    assert "\n" not in str(raised.value)
