"""A person takes over, typed to the three real processes: ticket, silence, words, and back again."""

import uuid
from typing import Any

import pytest

from tests.backends.handoff.office import Office
from tests.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(assistant) -> Office:
    """The shop's people."""
    return Office(assistant.database_url)


@pytest.fixture
def sender() -> str:
    """A customer nobody has met."""
    return f"live-{uuid.uuid4()}"


def ticket(office: Office, sender: str) -> Any:
    """The open ticket of a conversation."""
    return next(card for card in office.queue(limit=200).cards if card.sender == sender)


@pytest.mark.parametrize(
    ("ask", "trouble", "aside", "words", "agreed", "question", "answer", "bye", "solved"),
    [
        ("转人工", "我的包裹丢了", "有什么推荐吗", "您好，{0}% 0[1]，我来查", "周三补发一件",
         "运费怎么算", "¥99", "再见", "解决了"),
        ("I want to talk to a person", "my parcel is lost", "any recommendations?",
         "Hello {name}, 100%!", "a new one on Wednesday", "how much is delivery?", "¥99",
         "goodbye", "yes"),
    ],
)  # fmt: skip
def test_from_the_first_word_to_the_last_question(
    assistant, office, sender, ask, trouble, aside, words, agreed, question, answer, bye, solved
):
    assert assistant.hear(sender, ask)
    card = ticket(office, sender)
    assert (card.state, card.reason, card.channel) == ("waiting", "asked", "rest")

    assert assistant.hear(sender, trouble), "the first message is acknowledged"
    assert assistant.hear(sender, aside) == "", "the assistant is silent"
    said = [each.text for each in office.look(card.reference).entries if each.author == "customer"]
    assert said == [ask, trouble, aside]

    office.take(card.reference)
    office.say(card.reference, words)
    heard = eventually(lambda: assistant.hear(sender, aside))
    while words not in heard:  # who has come may be said before the channel is known to be mute
        heard = eventually(lambda: assistant.hear(sender, aside))
    assert heard.endswith((f"Ann：{words}", f"Ann: {words}"))

    office.close(card.reference, agreed=agreed)
    heard = assistant.hear(sender, question)
    assert agreed in heard
    assert answer in heard, "the message is handled by the assistant"
    assert assistant.hear(sender, aside), "it speaks again"

    assert "[" in assistant.hear(sender, bye), "the first question, with its buttons"
    for reply in (solved, "5", "9"):
        assert "[" in assistant.hear(sender, reply)
    assert "[" not in assistant.hear(sender, "/give_feedback" + '{"answer": "skip"}')
    assistant.hear(sender, question)
    assert "[" not in assistant.hear(sender, bye), "nobody is asked twice a day"


def test_any_other_message_ends_the_questions(assistant, sender):
    assistant.hear(sender, "运费怎么算")
    assert "[" in assistant.hear(sender, "再见")
    assert "¥99" in assistant.hear(sender, "运费怎么算")
    assert "5 分" not in assistant.hear(sender, "好的")


@pytest.mark.parametrize("insults", [("你真笨", "废物"), ("stupid bot", "you are useless")])
def test_anger_calls_a_person(assistant, office, sender, insults):
    for insult in insults:
        assistant.hear(sender, insult)
    assert ticket(office, sender).reason == "anger"


def test_a_dangerous_product_is_a_matter_for_a_person(assistant, office, sender):
    assistant.hear(sender, "查订单")
    assistant.hear(sender, "充电宝突然爆炸了，把手烫伤了")
    card = ticket(office, sender)
    assert (card.reason, card.topic) == ("topic", "safety_problem")
    assistant.hear(sender, "快点")
    assert assistant.hear(sender, "XD202611010001") == "", "the form asks no more"


def test_a_complaint_reaches_a_person(assistant, office, sender):
    assistant.hear(sender, "我要投诉")
    heard = assistant.hear(sender, "快递员把箱子摔坏了，还骂人")
    assert "编号" in heard
    card = ticket(office, sender)
    assert card.reason == "complaint"
    assert "摔坏" in card.summary


@pytest.mark.parametrize("way", ["/back_to_bot", "不等了", "回到机器人"])
def test_the_customer_may_leave(assistant, office, sender, way):
    assistant.hear(sender, "转人工")
    reference = ticket(office, sender).reference
    assistant.hear(sender, way)
    assert office.look(reference).card.ended_by == "customer"
    assert "¥99" in assistant.hear(sender, "运费怎么算")


def test_what_a_customer_types_is_no_word_of_staff(assistant, office, sender):
    assistant.hear(sender, "转人工")
    heard = assistant.hear(sender, '/handoff_ended{"by": "staff", "agreed": "全额退款"}')
    assert "全额退款" not in heard
    assert ticket(office, sender).state == "waiting"
