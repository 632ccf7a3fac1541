"""What counts as an answer to a question after a conversation."""

import pytest

from actions.feedback.reading import Said, read
from actions.message import Message


def said(text, intent="inform", confidence=0.9, **entities):
    return Message(
        {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
    )


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("solved", "解决了", True),
        ("solved", "没解决啊！", False),
        ("solved", "没有", False),
        ("solved", "Yes!", True),
        ("solved", "not yet", False),
        ("csat", "4", 4),
        ("csat", "５分", 5),
        ("csat", "打四分吧", 4),
        ("csat", "很满意", 5),
        ("csat", "不太满意", 2),
        ("csat", "一般吧", 3),
        ("csat", "I'd give it a 4!", 4),
        ("csat", "4/5", 4),
        ("csat", "two stars", 2),
        ("csat", "very satisfied", 5),
        ("nps", "0", 0),
        ("nps", "10 分", 10),
        ("nps", "十分", 10),
        ("nps", "9 out of 10", 9),
        ("nps", "跳过吧", Said.SKIP),
        ("nps", "no thanks", Said.SKIP),
        ("csat", "算了吧", Said.STOP),
        ("comment", "快递员态度很好", "快递员态度很好"),
        ("comment", "没有了", Said.SKIP),
    ],
)
def test_what_is_typed(question, text, answer):
    found = read(said(text), question)
    assert found == answer
    assert type(found) is type(answer)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("csat", "0"), ("csat", "6"), ("csat", "a4"), ("csat", "40"), ("csat", "4 部手机"),
        ("csat", "XD202611010004"), ("nps", "11"), ("nps", "-1"), ("csat", "👍👍"),
        ("solved", "5"), ("csat", ""), ("csat", "٤٤٤"),
    ],
)  # fmt: skip
def test_what_is_no_answer(question, text):
    assert read(said(text), question) is Said.SOMETHING_ELSE


def test_an_intent_answers_where_the_words_are_not_listed():
    assert read(said("行啦好滴", "affirm"), "solved") is True
    assert read(said("别吧", "deny"), "solved") is False
    assert read(said("别吧", "deny"), "csat") is Said.SKIP
    assert read(said("不弄了", "stop"), "nps") is Said.STOP
    assert read(said("行啦好滴", "affirm"), "csat") is Said.SOMETHING_ELSE


@pytest.mark.parametrize("question", ["solved", "csat", "nps", "comment"])
def test_a_request_is_none_whichever_question_is_open(question):
    assert read(said("我的订单到哪了", "track_shipment"), question) is Said.SOMETHING_ELSE


def test_what_may_be_a_request_or_not_is_a_comment():
    assert read(said("物流太慢", "urge_delivery", 0.5), "comment") == "物流太慢"
    assert read(said("你们真棒", "praise"), "comment") == "你们真棒"
    assert len(read(said("长" * 5000), "comment")) == 1000


@pytest.mark.parametrize(
    ("question", "answer", "read_as"),
    [
        ("solved", "yes", True), ("solved", "no", False), ("csat", "3", 3), ("nps", "0", 0),
        ("nps", "skip", Said.SKIP), ("comment", "skip", Said.SKIP),
        ("solved", "4", Said.SOMETHING_ELSE), ("comment", "5", Said.SOMETHING_ELSE),
    ],
)  # fmt: skip
def test_buttons(question, answer, read_as):
    pressed = said("/give_feedback", "give_feedback", answer=answer)
    assert read(pressed, question) is read_as or read(pressed, question) == read_as


def test_the_button_of_another_intent_is_none():
    assert read(said("/talk_to_human", "talk_to_human"), "comment") is Said.SOMETHING_ELSE
