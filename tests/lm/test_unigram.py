"""The unigram model against that of the library ``tokenizers``, id for id."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from xiaoer.lm.errors import LanguageModelError
from xiaoer.lm.unigram import Unigram, compiled

UNKNOWN = 3
PIECES = ["▁", "o", "oo", "ooo", "oooo", "。", "。。", "。。。", "手", "机", "手机", "▁h", "ow"]


def scores_of(count: int, seed: int) -> list[float]:
    return np.random.default_rng(seed).uniform(-20, -3, count).astype(np.float32).tolist()


def oracle(pieces: list[str], scores: list[float], ids: list[int]) -> Tokenizer:
    vocabulary = [(f"\0{at}", 0.0) for at in range(max(ids) + 1)]
    for at, piece, score in zip(ids, pieces, scores, strict=True):
        vocabulary[at] = (piece, score)
    return Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN))


def opened(folder: Path, pieces: list[str], scores: list[float], ids: list[int]) -> Unigram:
    path = folder / "vocabulary.bin"
    path.write_bytes(compiled(pieces, scores, ids))
    return Unigram(path, UNKNOWN)


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(st.text("ab手😀▁", min_size=1, max_size=5), min_size=1, unique=True),
    seed=st.integers(0, 2**32 - 1),
    texts=st.lists(st.text("ab手机😀▁?", max_size=40), min_size=1, max_size=20),
)
def test_any_vocabulary(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], seed: int, texts: list[str]
) -> None:
    scores, ids = scores_of(len(pieces), seed), list(range(5, 5 + len(pieces)))
    ours = opened(tmp_path_factory.mktemp("any"), pieces, scores, ids)
    theirs = oracle(pieces, scores, ids)
    for text in texts:
        expected = theirs.encode(text, add_special_tokens=False)
        assert ours.encode(text) == (expected.ids, expected.offsets), text


@pytest.mark.parametrize("character", ["o", "。"])
def test_ties_are_decided_alike(tmp_path: Path, character: str) -> None:
    # Scores as in the model's vocabulary: many ways to write a row of one character cost the same.
    for seed in range(5):
        scores, ids = scores_of(len(PIECES), seed), list(range(4, 4 + len(PIECES)))
        ours, theirs = opened(tmp_path, PIECES, scores, ids), oracle(PIECES, scores, ids)
        for length in [*range(60), 5000]:
            expected = theirs.encode(character * length, add_special_tokens=False)
            assert ours.encode(character * length) == (expected.ids, expected.offsets)


def test_unknown_characters_are_one_subword(tmp_path: Path) -> None:
    ours = opened(tmp_path, ["▁", "手"], [-3.0, -4.0], [6, 9])
    assert ours.encode("▁xy手z") == ([6, 3, 9, 3], [(0, 1), (1, 3), (3, 4), (4, 5)])
    assert ours.encode("") == ([], [])


def test_unknown_costs_more_than_the_rarest_piece(tmp_path: Path) -> None:
    # An unknown w and the likely "xyz" cost 20 + 10 + 3, the two pieces that know w 15 each.
    pieces, scores, ids = ["q", "wx", "yz", "xyz"], [-20.0, -15.0, -15.0, -3.0], [4, 5, 6, 7]
    assert oracle(pieces, scores, ids).encode("wxyz").ids == [5, 6]
    assert opened(tmp_path, pieces, scores, ids).encode("wxyz")[0] == [5, 6]


def test_file_may_go_while_it_is_read(tmp_path: Path) -> None:
    ours = opened(tmp_path, PIECES, scores_of(len(PIECES), 0), list(range(len(PIECES))))
    before = ours.encode("▁how▁手机")
    (tmp_path / "vocabulary.bin").unlink()
    assert ours.encode("▁how▁手机") == before


def test_threads_share_one_model(tmp_path: Path) -> None:
    ours = opened(tmp_path, PIECES, scores_of(len(PIECES), 0), list(range(len(PIECES))))
    texts = ["▁how▁手机" * 20, "o" * 200, "。手机" * 50, "▁hooow?"] * 50
    expected = [ours.encode(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ours.encode, texts)) == expected


@pytest.mark.parametrize("pieces", [[], ["a", "a"], ["a", ""], ["a", "b\0"]])
def test_odd_vocabulary_is_refused(pieces: list[str]) -> None:
    with pytest.raises(LanguageModelError, match="vocabulary"):
        compiled(pieces, [-1.0] * len(pieces), list(range(len(pieces))))
