"""Asking for a person: the ticket that comes of it, and what the customer is told."""

from datetime import datetime

import pytest


def answered(conversation, text, payload_buttons=()):
    """The assistant has said something."""
    buttons = [{"title": title, "payload": payload} for title, payload in payload_buttons]
    conversation.events.append({"event": "bot", "text": text, "data": {"buttons": buttons}})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ticket_holds_what_a_person_needs(talk, office, language):
    conversation = talk(language, channel="wechat")
    conversation.say("我的耳机不响了", "damaged_item")
    answered(conversation, "要退货吗？", [("是的", "/affirm")])
    conversation.say("/affirm", "affirm")
    conversation.slots.update(order_number="XD202611010001", phone_last4="1234")
    reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    assert reply.responses == ["utter_handoff_waiting"]
    assert reply.slots["failures"] == 0.0

    seen = office.look(reply.slots["handoff"])
    card = seen.card
    assert (card.state, card.reason, card.topic) == ("waiting", "asked", None)
    assert (card.channel, card.language, card.priority) == ("wechat", language, False)
    assert [(each.author, each.text) for each in seen.entries if each.author != "system"] == [
        ("customer", "我的耳机不响了"),
        ("bot", "要退货吗？"),
        ("customer", "是的"),
        ("customer", "转人工"),
    ]
    assert seen.slots == {"order_number": "XD202611010001"}, "the proof of who it is stays here"
    assert "XD202611010001" in card.summary
    assert "我的耳机不响了" in card.summary
    assert ("顾客" in card.summary) == (language == "zh")


def test_the_place_in_the_queue_is_said(talk, handed_over, office):
    handed_over()
    reply = talk("en").say("a person please", "talk_to_human").run("action_talk_to_human")
    ahead = office.queue("waiting").waiting - 1
    assert ahead >= 1
    assert f"{ahead}" in reply.text


def test_asked_twice_there_is_one_ticket(handed_over):
    conversation, reference = handed_over()
    again = conversation.say("人工人工", "talk_to_human").run("action_talk_to_human")
    assert again.slots["handoff"] == reference


def test_the_latest_hundred_entries_are_given(talk, office):
    conversation = talk()
    for number in range(130):
        conversation.say(f"第{number}句" + "长" * (5000 if number == 129 else 0), "inform")
    reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    said = [
        each.text
        for each in office.look(reply.slots["handoff"]).entries
        if each.author == "customer"
    ]
    assert len(said) == 100
    assert said[0] == "第31句"
    assert said[-1] == "转人工"
    assert len(said[-2]) == 4000


def test_what_was_said_in_an_earlier_session_is_left_out(talk, office):
    conversation = talk()
    conversation.say("昨天的话", "inform")
    conversation.events.append({"event": "session_started"})
    reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    entries = office.look(reply.slots["handoff"]).entries
    assert [each.text for each in entries if each.author == "customer"] == ["转人工"]


def test_a_message_that_was_handed_back_is_told_once(talk, office):
    conversation = talk()
    conversation.say("两遍", "inform")
    conversation.events.append(
        {**conversation.events[-1], "metadata": {"handed_back": ["action_forward_to_staff"]}}
    )
    reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    entries = office.look(reply.slots["handoff"]).entries
    assert [each.text for each in entries if each.author == "customer"] == ["两遍", "转人工"]


class TestReason:
    """Why a person is needed."""

    @pytest.mark.parametrize(
        ("intent", "reason", "topic"),
        [
            ("talk_to_human", "asked", None),
            ("affirm", "asked", None),
            ("safety_problem", "topic", "safety_problem"),
            ("payment_problem", "topic", "payment_problem"),
            ("complaint", "complaint", None),
            ("inform", "asked", None),
        ],
    )
    def test_an_intent_with_a_title_is_a_topic(self, talk, office, intent, reason, topic):
        reply = talk().say("充电宝炸了", intent).run("action_talk_to_human")
        card = office.look(reply.slots["handoff"]).card
        assert (card.reason, card.topic) == (reason, topic)

    def test_anger_is_noted_by_the_policy_and_then_forgotten(self, talk, office):
        conversation = talk()
        conversation.slots["handoff_reason"] = "anger"
        reply = conversation.say("废物", "insult").run("action_talk_to_human")
        assert office.look(reply.slots["handoff"]).card.reason == "anger"
        assert reply.slots["handoff_reason"] is None

    def test_after_failures(self, talk, office):
        conversation = talk()
        for _ in range(2):
            conversation.say("嗯嗯啊啊呜呜", "nlu_fallback").run("action_fallback_reply")
        reply = conversation.say("咿咿呀呀", "nlu_fallback").run("action_fallback_reply")
        assert reply.responses == ["utter_handing_over", "utter_handoff_waiting"]
        assert office.look(reply.slots["handoff"]).card.reason == "failures"

    def test_after_a_complaint_which_its_summary_quotes(self, talk, office):
        conversation = talk()
        conversation.slots["complaint_text"] = "快递把箱子摔坏了"
        reply = conversation.say("好", "inform").run("action_file_complaint")
        assert reply.responses == ["utter_complaint_filed", "utter_handoff_waiting"]
        assert reply.slots["order_outcome"] == "ok"
        card = office.look(reply.slots["handoff"]).card
        assert card.reason == "complaint"
        assert "快递把箱子摔坏了" in card.summary


def test_a_form_in_hand_ends(talk):
    conversation = talk()
    conversation.form = "order_status_form"
    reply = conversation.say("嗯", "affirm").run("action_talk_to_human")
    assert {"event": "active_loop", "name": None, "timestamp": None} in reply.events
    assert reply.requested is None


class TestAfterHours:
    """Nobody is there."""

    def test_who_asks_is_asked_to_leave_a_message(self, after_hours, talk_to):
        conversation = talk_to(after_hours)
        reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
        assert reply.responses == ["utter_handoff_closed"]

        taken = conversation.say("快递丢了", "not_received").run("action_forward_to_staff")
        assert taken.responses == ["utter_handoff_message_taken"]
        assert not taken.handed_back

        after = conversation.say("运费多少", "delivery_fee").run("action_forward_to_staff")
        assert after.responses == []
        assert after.handed_back, "the assistant goes on"
        assert after.slots["handoff"] == reply.slots["handoff"], "an answer is still to come"

    def test_who_has_said_it_is_told_that_it_was_passed_on(self, after_hours, talk_to):
        conversation = talk_to(after_hours)
        conversation.slots["language"] = "en"
        reply = conversation.say("it exploded", "safety_problem").run("action_talk_to_human")
        assert reply.responses == ["utter_handoff_closed_passed_on"]
        after = conversation.say("thanks", "thanks").run("action_forward_to_staff")
        assert after.handed_back

    def test_when_people_are_back_is_said(self, opens_later, talk_to):
        server, opens = opens_later
        reply = talk_to(server).say("转人工", "talk_to_human").run("action_talk_to_human")
        day = "今天" if opens.date() == datetime.now(opens.tzinfo).date() else "明天"
        assert f"{day} {opens:%H}:00" in reply.text


class TestCutOff:
    """The hand-over service is down."""

    def test_a_call_back_is_asked_for(self, cut_off, talk_to, shop_database):
        conversation = talk_to(cut_off)
        reply = conversation.say("让人打给我", "talk_to_human").run("action_talk_to_human")
        assert reply.responses == ["utter_human_requested"]
        assert "handoff" not in reply.slots
        filed = "SELECT kind, text FROM service_requests WHERE sender = ?"
        assert shop_database(filed, conversation.sender) == [("callback", "让人打给我")]

    def test_a_pressed_button_is_filed_by_its_meaning(self, cut_off, talk_to):
        pressed = talk_to(cut_off).say("/talk_to_human", "talk_to_human")
        assert pressed.run("action_talk_to_human").responses == ["utter_human_requested"]

    def test_a_complaint_is_filed_all_the_same(self, cut_off, talk_to):
        conversation = talk_to(cut_off)
        conversation.slots["complaint_text"] = "太慢了"
        reply = conversation.say("好", "inform").run("action_file_complaint")
        assert reply.responses == ["utter_complaint_filed"]
        assert reply.slots["order_outcome"] == "ok"
