"""When two messages are the same, and which say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.fields import has_control
from backends.review.queue import texts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("我要退货", "我要退货！！"),
        ("我要退货", "我要 退货 😀"),
        ("ＯＫ吗", "ok吗"),
        ("Where is my order?", "where is my  ORDER"),
    ],
)
def test_what_only_looks_different_is_the_same(one, other):
    assert texts.key_of(one) == texts.key_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1.5 kg", "15 kg"), ("退货", "换货"), ("red shoes", "redshoes")]
)
def test_what_means_something_else_is_not(one, other):
    assert texts.key_of(one) != texts.key_of(other)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ('/ask_faq{"article": "x"}', "button"),
        ("😀😀", "emoji"),
        ("?!", "emoji"),
        ("[phone]", "emoji"),
        ("好" * 301, "long"),
        ("好" * 300, None),
        ("打 [phone] 给我", None),
        ("7", None),
    ],
)
def test_what_says_nothing(text, reason):
    assert texts.says_nothing(text) == reason


def test_what_was_masked_is_seen_and_marks_of_entities_are_not():
    assert texts.is_masked("call [phone]")
    assert texts.is_masked("[identity number] 是我的")
    assert not texts.is_masked("[black](color) shoes")
    assert not texts.is_masked('[black]{"entity": "color"} shoes')
    assert not texts.is_masked("[微笑] 你好")


@given(st.text())
def test_any_text_can_be_cleaned_and_keyed(text):
    cleaned = texts.clean(text)
    assert not has_control(cleaned)
    assert "\n" not in cleaned
    assert texts.clean(cleaned) == cleaned
    assert len(texts.key_of(text)) == 64
    assert texts.normalised(texts.normalised(text)) == texts.normalised(text)
