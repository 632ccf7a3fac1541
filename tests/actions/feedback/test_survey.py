"""The questions after a conversation, with the real feedback service."""

import re

import pytest

ANSWERS = "SELECT solved, csat, nps, comment FROM feedback WHERE sender = ?"


@pytest.fixture
def leave(talk):
    """A function that lets somebody ask something and say goodbye."""

    def begin(language="zh", intent="delivery_fee", **more):
        conversation = talk(language, **more)
        conversation.say("运费多少", intent)
        conversation.say("再见", "goodbye")
        return conversation, conversation.run("action_offer_feedback")

    return begin


@pytest.fixture
def answer():
    """A function that lets the customer answer by typing, or by a button."""

    def write(conversation, text, intent="inform", confidence=0.9):
        payload = re.fullmatch(r"<(\w+)>", text)
        if payload:
            conversation.say("/give_feedback", "give_feedback", {"answer": payload[1]})
        else:
            conversation.say(text, intent, ranking=[(intent, confidence)])
        return conversation.run("action_take_feedback")

    return write


@pytest.mark.parametrize(
    ("language", "words", "kept"),
    [
        ("zh", ("解决了", "5分", "9", "客服很耐心"), (1, 5, 9, "客服很耐心")),
        ("en", ("yes", "very satisfied", "10", "fast and kind"), (1, 5, 10, "fast and kind")),
        ("zh", ("<yes>", "<4>", "<skip>", "<skip>"), (1, 4, None, None)),
    ],
)
def test_all_questions_in_order(leave, answer, shop_database, language, words, kept):
    conversation, asked = leave(language)
    assert asked.responses == ["utter_feedback_solved"]
    said = [answer(conversation, each).responses for each in words]
    assert said == [
        ["utter_feedback_csat"],
        ["utter_feedback_nps"],
        ["utter_feedback_comment"],
        ["utter_feedback_thanks"],
    ]
    assert conversation.slots["feedback"] is None
    assert shop_database(ANSWERS, conversation.sender) == [kept]


def test_each_answer_is_kept_at_once(leave, answer, shop_database):
    conversation, _ = leave()
    answer(conversation, "没有", "deny")
    assert shop_database(ANSWERS, conversation.sender) == [(0, None, None, None)]
    answer(conversation, "2")
    assert shop_database(ANSWERS, conversation.sender) == [(0, 2, None, None)]


def test_who_was_not_helped_is_offered_a_person(leave, answer):
    conversation, _ = leave()
    for text in ("<no>", "<1>", "<skip>"):
        answer(conversation, text)
    assert answer(conversation, "<skip>").responses == ["utter_feedback_unsolved"]


def test_any_other_message_ends_the_questions_and_is_handled(leave, answer):
    conversation, _ = leave()
    answer(conversation, "解决了")
    reply = answer(conversation, "我的订单到哪了", "track_shipment")
    assert reply.responses == []
    assert reply.handed_back
    assert reply.slots["feedback"] is None


def test_it_can_be_stopped(leave, answer):
    conversation, _ = leave()
    reply = answer(conversation, "算了", "stop")
    assert reply.responses == ["utter_feedback_thanks"]
    assert not reply.handed_back


def test_nobody_is_asked_twice_a_day(leave, answer):
    conversation, _ = leave()
    answer(conversation, "我的订单到哪了", "track_shipment")
    conversation.say("再见", "goodbye")
    assert conversation.run("action_offer_feedback").responses == []


@pytest.mark.parametrize("intent", ["greet", "thanks", "joke", "praise"])
def test_small_talk_is_nothing_to_be_asked_about(leave, intent):
    _, asked = leave(intent=intent)
    assert asked.responses == []


def test_what_was_in_an_earlier_session_is_none_either(talk):
    conversation = talk()
    conversation.say("运费多少", "delivery_fee")
    conversation.events.append({"event": "session_started"})
    conversation.say("再见", "goodbye")
    assert conversation.run("action_offer_feedback").responses == []


def test_it_is_asked_after_a_person_has_finished_and_belongs_to_the_ticket(
    talk, office, shop_database
):
    conversation = talk()
    reference = (
        conversation.say("转人工", "talk_to_human").run("action_talk_to_human").slots["handoff"]
    )
    office.take(reference)
    office.close(reference)
    conversation.slots["handoff_told"] = "assigned"
    conversation.say("EXTERNAL: handoff_ended", "handoff_ended", {"by": "staff"})
    conversation.events[-1]["metadata"] = {"is_external": True}
    conversation.run("action_handoff_ended")
    asked = conversation.run("action_offer_feedback")
    assert asked.responses == ["utter_feedback_solved"]
    assert asked.slots["handoff_finished"] is None
    of_ticket = (
        "SELECT tickets.reference FROM feedback JOIN tickets ON tickets.id = ticket_id "
        "WHERE feedback.sender = ?"
    )
    assert shop_database(of_ticket, conversation.sender) == [(reference,)]


def test_who_left_an_empty_queue_is_not_asked(talk):
    conversation = talk()
    conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    conversation.say("不等了", "back_to_bot").run("action_leave_handoff")
    assert conversation.run("action_offer_feedback").responses == []


def test_unasked_it_may_be_given_too(talk, answer):
    conversation = talk("en")
    conversation.say("I want to rate the service", "give_feedback")
    assert conversation.run("action_take_feedback").responses == ["utter_feedback_solved"]
    answer(conversation, "my order?", "order_status")
    conversation.say("I want to rate the service", "give_feedback")
    conversation.slots["feedback"] = None
    assert conversation.run("action_take_feedback").responses == ["utter_feedback_thanks"]


def test_a_question_without_a_response_is_left_out(leave, answer):
    conversation, _ = leave()
    responses = dict(conversation.domain["responses"])
    del responses["utter_feedback_nps"]
    conversation.domain = {**conversation.domain, "responses": responses}
    answer(conversation, "<yes>")
    assert answer(conversation, "<5>").responses == ["utter_feedback_comment"]


@pytest.mark.parametrize("slot", ["open", {"question": "nonsense"}, [], {"question": "csat"}])
def test_a_slot_that_somebody_else_filled_breaks_nothing(talk, answer, slot):
    conversation = talk()
    conversation.slots["feedback"] = slot
    reply = answer(conversation, "5")
    assert "utter_internal_error" not in reply.responses


class TestCutOff:
    """The feedback service is down."""

    @pytest.fixture(scope="class")
    def without(self, shop_url, start_actions):
        with start_actions(shop_url, FEEDBACK_URL="http://127.0.0.1:9") as server:
            yield server

    def test_nobody_is_asked(self, without, talk_to):
        conversation = talk_to(without)
        conversation.say("运费多少", "delivery_fee")
        conversation.say("再见", "goodbye")
        assert conversation.run("action_offer_feedback").responses == []

    def test_questions_under_way_go_on(self, without, talk_to, answer):
        conversation = talk_to(without)
        conversation.slots["feedback"] = {"reference": "F000000000001", "question": "csat"}
        assert answer(conversation, "5").responses == ["utter_feedback_nps"]
