"""Which subwords make one word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.nlu.words import begins, hold_entities, spans


def cut(text: str, *edges: int) -> np.ndarray:
    """Offsets of subwords that are cut at these characters; blanks belong to none."""
    found = []
    for start, end in zip((0, *edges), (*edges, len(text)), strict=True):
        piece = text[start:end]
        found.append([start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())])
    return np.array(found)


@pytest.mark.parametrize(
    ("text", "edges", "words"),
    [
        ("play radiohead", (4, 10, 12), ["play", "radiohead"]),
        ("5/20/2025", (1, 2, 4, 5, 7), ["5", "/", "20", "/", "2025"]),
        (
            "5kg of o'brien's",
            (1, 3, 6, 8, 9, 12, 14, 15),
            ["5", "kg", "of", "o", "'", "brien", "'", "s"],
        ),
        ("我想买手机", (1, 2, 3), ["我", "想", "买", "手机"]),
        ("买iphone15吧", (1, 4, 7, 9), ["买", "iphone", "15", "吧"]),
        ("ปลาทู", (2, 3), ["ปล", "า", "ทู"]),
        ("москва", (3,), ["москва"]),
    ],
)
def test_words(text: str, edges: tuple[int, ...], words: list[str]) -> None:
    offsets = cut(text, *edges)
    found = spans(offsets, begins(text, offsets))
    assert [text[start:end] for start, end in found] == words


def test_a_text_without_subwords_has_no_words() -> None:
    nothing = np.zeros((0, 2), np.int64)
    assert begins(" ", nothing).tolist() == []
    assert spans(nothing, begins(" ", nothing)).shape == (0, 2)


@given(st.text(min_size=1, max_size=12), st.sets(st.integers(1, 11)))
def test_words_are_made_of_whole_subwords_in_order(text: str, edges: set[int]) -> None:
    inner = sorted(edge for edge in edges if edge < len(text))
    offsets = np.array(list(zip([0, *inner], [*inner, len(text)], strict=True)))
    first = begins(text, offsets)
    assert first[0]
    found = spans(offsets, first)
    assert found[0, 0] == 0
    assert found[-1, 1] == len(text)
    assert (found[1:, 0] == found[:-1, 1]).all()
    assert set(found.ravel()) <= set(offsets.ravel())


def named(text: str, value: str) -> tuple[str, list[dict]]:
    start = text.index(value)
    return text, [{"entity": "name", "start": start, "end": start + len(value)}]


def test_names_that_are_parts_of_words() -> None:
    whole = [named("meet anna", "anna"), named("我要iphone15", "iphone"), named("买衣服", "衣服")]
    assert hold_entities(whole)
    assert not hold_entities([*whole, named("annanın evi", "anna")])
    assert hold_entities([*50 * whole, named("annas house", "anna")]), "a slip of the pen"
    assert not hold_entities([("nothing here", [])])
