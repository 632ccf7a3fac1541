"""Rows become questions with answers; what is left out is counted by its reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.learning.logs.cleaning import clean
from xiaoer.learning.logs.columns import Columns
from xiaoer.learning.logs.questions import Questions
from xiaoer.learning.logs.records import Record
from xiaoer.learning.logs.transcripts import Transcripts

COLUMNS = Columns("text", "role", "conversation", "time")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Where is <b>my</b> parcel?</p>", "Where is my parcel?"),
        ("退货&nbsp;运费谁出&#65311;", "退货 运费谁出？"),
        ("price < 100 and size > 40?", "price < 100 and size > 40?"),
        ("I want a refund\n\nOn 1 May 2026, Shop wrote:\n> Dear customer", "I want a refund"),
        ("「客服:您好,请问有什么可以帮您」\n- - - - - - - - - - - - - - -\n我要退货", "我要退货"),
        ("> earlier\nnow this one", "now this one"),
        ("快递到哪了😀😀❤️", "快递到哪了"),
        ("我的电话13800138000,尽快联系", "我的电话[phone],尽快联系"),
        ("see https://shop.example/a?b=1 is it in stock", "see is it in stock"),
        ("hello, where is my order", "hello, where is my order"),
        ("你好,发货了没有", "你好,发货了没有"),
    ],
)
def test_the_writers_own_words_are_kept(written: str, kept: str) -> None:
    assert clean(written) == (kept, "")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("你好", "greeting only"),
        ("在吗?亲!", "greeting only"),
        ("Hello, good morning!!", "greeting only"),
        ("好的,谢谢您~", "greeting only"),
        ("ok thanks 👍", "greeting only"),
        ("😂😂😂", "no words"),
        ("???", "no words"),
        ("12345", "no words"),
        ("<img src='a.png'>", "no words"),
        ("", "empty"),
        ("[图片]", "system line"),
        ("The chat has ended", "system line"),
        ("Anna has joined the chat", "system line"),
    ],
)
def test_what_asks_nothing_is_left_out(written: str, reason: str) -> None:
    assert clean(written) == ("", reason)


def _take(*rows: tuple[str, str, str], language: str = "") -> Transcripts:
    transcripts = Transcripts(Questions(1000), language)
    for line, (conversation, role, text) in enumerate(rows, 2):
        fields = {"conversation": conversation, "role": role, "text": text}
        transcripts.take(Record(line, fields), COLUMNS, "a.csv")
    return transcripts


def test_an_answer_is_the_first_line_of_the_agent_that_says_something() -> None:
    transcripts = _take(
        ("1", "Customer", "运费谁出"),
        ("2", "buyer", "where is my parcel"),
        ("1", "客服", "您好"),
        ("2", "seller", "It left yesterday."),
        ("1", "agent", "质量问题由我们承担运费。"),
        ("1", "agent", "还有什么可以帮您的吗?"),
        ("1", "system", "会话已结束"),
        ("2", "buyer", "where is my parcel"),
        ("3", "buyer", "Where is my PARCEL?"),
        ("3", "who", "me"),
    )
    counts = transcripts.finish()
    found = {each.text: each for each in transcripts.questions.all()}
    assert found["运费谁出"].answers == {"质量问题由我们承担运费。": 1}
    # The same in other letters is the same question, twice in one conversation counts once.
    assert found["Where is my PARCEL?"].count == 2
    assert found["Where is my PARCEL?"].answers == {"It left yesterday.": 1}
    assert counts.read == 10
    assert counts.used == 5
    assert counts.skipped == {
        "greeting only": 1,
        "agent's line that answers no question": 1,
        "system line": 1,
        "said twice in the conversation": 1,
        "unknown role": 1,
    }


def test_an_answer_a_day_later_or_before_the_question_is_none() -> None:
    transcripts = Transcripts(Questions(10))

    def take(role: str, text: str, time: Any) -> None:
        fields = {"conversation": "1", "role": role, "text": text, "time": time}
        transcripts.take(Record(2, fields), COLUMNS, "a.csv")

    take("customer", "is it waterproof", "2026-11-02 10:00:00")
    take("agent", "Of another question.", "2026-11-01T10:00:00Z")
    take("agent", "Yes, it is.", "2026/11/02 10:05")
    take("customer", "is it heavy", 1_790_000_000)
    take("agent", "Too late.", 1_790_100_000_000)
    found = {each.text: dict(each.answers) for each in transcripts.questions.all()}
    assert found == {"is it waterproof": {"Yes, it is.": 1}, "is it heavy": {}}


def test_one_language_only() -> None:
    rows = [("1", "customer", "退货运费谁出"), ("1", "customer", "who pays for the return")]
    for language, kept in (("zh", "退货运费谁出"), ("en", "who pays for the return")):
        transcripts = _take(*rows, language=language)
        assert [each.text for each in transcripts.questions.all()] == [kept]
        assert transcripts.finish().skipped == {"another language": 1}


_ROLES = st.sampled_from(["customer", "agent", "system", "", "x"])
_SAID = st.one_of(
    st.sampled_from(["你好", "退货", "where is it", "😀", "", "[图片]", "13800138000 call me"]),
    st.text(max_size=20),
    st.none(),
    st.integers(),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), _ROLES, _SAID), max_size=60), st.integers(1, 4))
def test_every_row_is_used_or_skipped_for_a_reason(
    rows: list[tuple[str, str, Any]], most: int
) -> None:
    transcripts = Transcripts(Questions(most))
    for line, (conversation, role, text) in enumerate(rows, 2):
        fields = {"conversation": conversation, "role": role, "text": text}
        record = Record(line, fields if line % 7 else None, "" if line % 7 else "broken")
        transcripts.take(record, COLUMNS, "a.csv")
    counts = transcripts.finish()
    assert counts.read == len(rows)
    assert counts.read == counts.used + sum(counts.skipped.values())
    assert len(transcripts.questions.all()) <= most


def test_what_is_asked_often_survives_a_flood_of_what_is_asked_once() -> None:
    questions = Questions(50)
    for number in range(5000):
        questions.add(f"{'abcdefghij'[number % 10]}{chr(200 + number)} something else")
        if number % 10 == 0:
            questions.add("where is my parcel")
    first = questions.all()[0]
    assert first.text == "where is my parcel"
    assert first.count == 500
    assert len(questions.all()) == 50
    assert questions.lost + sum(each.count for each in questions.all()) == 5500
