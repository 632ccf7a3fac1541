"""The forms of text that all searches share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.search.text import is_chinese, ngrams, normalise, runs, stem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ｔｅａ\u3000ＦＥＥ  ", "tea fee"),
        ("Café “Crème”", "cafe “creme”"),
        ("a\u200bb\u202ec\ufeff", "abc"),
        ("it’s", "it's"),
        ("1\n2\t3", "1 2 3"),
        ("①２ﬁ", "12fi"),
        ("\ud800x\ue000", "x"),
        ("", ""),
    ],
)
def test_one_form_of_each_character(text, expected):
    assert normalise(text) == expected


@given(st.text(max_size=60))
def test_the_normal_form_is_final(text):
    once = normalise(text)
    assert normalise(once) == once
    for run in runs(once):
        assert once[run.start : run.start + len(run.text)] == run.text
        assert run.chinese == is_chinese(run.text)


def test_rows_of_chinese_and_words():
    found = [(run.text, run.chinese) for run in runs("我的iphone 15.5寸, it's 😀 ok_ขอบ")]
    assert found == [
        ("我的", True), ("iphone", False), ("15.5", False), ("寸", True), ("it's", False), ("ok", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("shoes", "shoe"), ("boxes", "box"), ("batteries", "battery"), ("knives", "knif"),
        ("watches", "watch"), ("glass", "glass"), ("bus", "bus"), ("yes", "yes"), ("is", "is"),
        ("shop's", "shop"), ("x1s", "x1s"), ("this", "this"),
    ],
)  # fmt: skip
def test_english_plurals_are_folded_and_nothing_else(word, expected):
    assert stem(word) == expected
    if expected != "knif":
        assert stem(expected) == expected


def test_rows_of_characters():
    assert ngrams("几天能到", 2) == ["几天", "天能", "能到"]
    assert ngrams("茶", 2) == ["茶"]
    assert ngrams("茶叶", 2) == ["茶叶"]
