"""Unsubscribing, coming back and the one word "stop", with the real outreach service."""

import time

import pytest

LISTED = "SELECT count(*) FROM do_not_contact WHERE sender = ?"


def marketing(conversation):
    """The outreach service has just said something, as the outbound connector notes it."""
    conversation.events.append(
        {
            "event": "bot",
            "text": "春茶上新\n回复TD退订",
            "timestamp": time.time(),
            "metadata": {"staff": None, "outbound_id": "OR0123456789-1"},
        }
    )
    return conversation


@pytest.mark.parametrize(
    ("language", "text", "said"), [("zh", "退订", "订阅"), ("en", "unsubscribe", "subscribe")]
)
def test_unsubscribed_and_told_how_to_come_back(talk, shop_database, language, text, said):
    conversation = talk(language)
    reply = conversation.say(text, "unsubscribe").run("action_unsubscribe")
    assert reply.responses == ["utter_unsubscribed"]
    assert said in reply.text
    assert shop_database(LISTED, conversation.sender) == [(1,)]
    back = conversation.say(said, "subscribe").run("action_subscribe")
    # Nobody knows who this is, so nobody agreed in their account either.
    assert back.responses == ["utter_subscribed_as_guest"]
    assert shop_database(LISTED, conversation.sender) == [(0,)]


def test_a_known_customers_consent_is_withdrawn_and_given(talk, shop_database, shop_api):
    (customer,) = shop_database("SELECT max(id) FROM customers")[0]
    sender = f"bound-{customer}"
    put = shop_api.put(f"/v1/identities/wechat/{sender}", json={"customer_id": customer})
    assert put.is_success, put.text
    consent = (
        "SELECT given, source FROM consents WHERE customer_id = ? AND purpose = 'marketing' "
        "ORDER BY id DESC LIMIT 1"
    )
    conversation = talk("zh", sender=sender, channel="wechat")
    conversation.say("退订", "unsubscribe").run("action_unsubscribe")
    assert shop_database(consent, customer) == [(0, "customer:wechat")]
    reply = conversation.say("订阅", "subscribe").run("action_subscribe")
    assert reply.responses == ["utter_subscribed"]
    assert shop_database(consent, customer) == [(1, "customer:wechat")]


def test_what_was_not_noted_is_not_confirmed(talk_to, shop_url, start_actions):
    with start_actions(shop_url, OUTREACH_URL="http://127.0.0.1:9") as server:
        conversation = talk_to(server)
        for text, intent in (("退订", "unsubscribe"), ("订阅", "subscribe")):
            reply = conversation.say(text, intent).run(f"action_{intent}")
            assert reply.responses == [f"utter_{intent}_failed"]


def test_stop_drops_the_task_in_hand(talk, shop_database):
    conversation = talk("en")
    conversation.say("I want to complain", "complaint").open_form("complaint_form")
    reply = conversation.say("stop", "stop_word").run("action_stop_word")
    assert reply.responses == ["utter_cancelled"]
    assert {"event": "active_loop", "timestamp": None, "name": None} in reply.events
    assert reply.requested is None
    assert reply.slots["complaint_text"] is None
    assert shop_database(LISTED, conversation.sender) == [(0,)]


def test_stop_without_a_task_unsubscribes(talk, shop_database):
    conversation = talk("en")
    reply = conversation.say("STOP", "stop_word").run("action_stop_word")
    assert reply.responses == ["utter_unsubscribed"]
    assert shop_database(LISTED, conversation.sender) == [(1,)]


def test_stop_in_answer_to_marketing_unsubscribes_and_keeps_the_form(talk, shop_database):
    conversation = talk("en")
    conversation.say("I want to complain", "complaint").open_form("complaint_form")
    reply = marketing(conversation).say("Stop", "stop_word").run("action_stop_word")
    assert reply.responses == ["utter_unsubscribed"]
    assert not [event for event in reply.events if event["event"] == "active_loop"]
    assert shop_database(LISTED, conversation.sender) == [(1,)]


def test_stop_while_a_person_has_the_conversation_does_both(talk, shop_database):
    conversation = talk("en")
    conversation.say("a person please", "talk_to_human").run("action_talk_to_human")
    assert conversation.slots["handoff"]
    reply = conversation.say("stop", "stop_word").run("action_stop_word")
    assert reply.responses == ["utter_unsubscribed"]
    assert [event["name"] for event in reply.events if event["event"] == "followup"] == [
        "action_forward_to_staff"
    ]
    assert shop_database(LISTED, conversation.sender) == [(1,)]
    conversation.run("action_forward_to_staff")
    said = shop_database(
        "SELECT text FROM ticket_messages JOIN tickets ON tickets.id = ticket_id "
        "WHERE tickets.sender = ? AND author = 'customer'",
        conversation.sender,
    )
    assert ("stop",) in said


def test_stop_ends_the_questions_unless_it_answers_marketing(talk, shop_database):
    for between, handed_back in ((False, False), (True, True)):
        conversation = talk("en")
        conversation.say("how much is delivery", "delivery_fee")
        conversation.say("bye", "goodbye").run("action_offer_feedback")
        if between:
            marketing(conversation)
        reply = conversation.say("stop", "stop_word").run("action_take_feedback")
        assert reply.handed_back is handed_back
        assert conversation.slots["feedback"] is None
        assert reply.responses == ([] if between else ["utter_feedback_thanks"])
