"""Texts in messages that are measured in bytes."""

import pytest
from hypothesis import given, strategies

from xiaoer.channels.tencent.splitting import merge_texts, shorten, split_text

ANY = strategies.text(alphabet="a店。\n 👩\u200d👧🏽é\u0301,", max_size=400)


@given(ANY)
def test_nothing_is_lost_and_nothing_too_long(text: str) -> None:
    pieces = split_text(text, 40)
    assert all(0 < len(piece.encode()) <= 40 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(strategies.lists(ANY, max_size=6))
def test_merged_texts_keep_their_order_and_fit(texts: list[str]) -> None:
    merged = merge_texts(texts, 60)
    assert all(len(text.encode()) <= 60 for text in merged)
    assert "".join("".join(merged).split()) == "".join("".join(texts).split())


@given(ANY)
def test_shortened_texts_fit(text: str) -> None:
    short = shorten(text, 30)
    assert len(short.encode()) <= 30
    assert short == text or short.endswith("…")


def test_no_joined_sign_is_torn() -> None:
    family = "👩\u200d👩\u200d👧"
    assert split_text(family * 10, len(family.encode()) * 3 + 5) == [family * 3] * 3 + [family]


def test_short_bubbles_become_one() -> None:
    assert merge_texts(["a", "b", "c" * 2043, "d"]) == ["a\n\nb", "c" * 2043 + "\n\nd"]


def test_a_grapheme_beyond_the_limit_is_cut_between_characters() -> None:
    zalgo = "a" + "\u0301" * 50
    pieces = split_text(zalgo, 20)
    assert "".join(pieces) == zalgo


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("第一句。第二句。第三句", 26, ["第一句。第二句。", "第三句"]),
        ("One two. Three four. Five", 22, ["One two. Three four.", "Five"]),
        ("costs 3.50 euros or so", 12, ["costs 3.50", "euros or so"]),
        ("第一段话\n\n第二段", 20, ["第一段话", "第二段"]),
        ("问好?”他说", 15, ["问好?”", "他说"]),
        ("", 10, []),
        ("  \n ", 10, []),
    ],
)
def test_it_cuts_where_a_reader_would(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, limit) == pieces
