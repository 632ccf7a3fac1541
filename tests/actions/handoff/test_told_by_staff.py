"""The intents that the hand-over service sets off."""

import pytest


def test_who_has_come_is_said_and_the_assistant_is_silent_from_here_on(talk, told):
    conversation = told(talk(), "handoff_joined", staff="小王", reference="T000000000001")
    reply = conversation.run("action_handoff_joined")
    assert reply.responses == ["utter_handoff_joined"]
    assert "小王" in reply.text
    assert reply.slots["handoff"] == "T000000000001"


def test_somebody_comes_while_a_form_is_open(talk, told):
    conversation = talk()
    conversation.form = "order_status_form"
    told(conversation, "handoff_joined", staff="小王", reference="T000000000001")
    reply = conversation.run("action_handoff_joined")
    assert {"event": "active_loop", "name": None, "timestamp": None} in reply.events


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("entities", "response"),
    [
        ({"by": "staff", "agreed": "退 20 元"}, "utter_handoff_ended_agreed"),
        ({"by": "staff"}, "utter_handoff_ended"),
        ({"by": "timeout"}, "utter_handoff_timed_out"),
    ],
)
def test_how_it_ended_is_said(talk, told, language, entities, response):
    conversation = talk(language)
    conversation.slots.update(handoff="T000000000001", handoff_told="assigned")
    told(conversation, "handoff_ended", reference="T000000000001", **entities)
    reply = conversation.run("action_handoff_ended")
    assert reply.responses == [response]
    assert entities.get("agreed", "") in reply.text
    assert reply.slots["handoff"] is None
    assert reply.slots["handoff_finished"] == "T000000000001"


@pytest.mark.parametrize("before", ["waiting", "waiting_acknowledged"])
def test_nobody_came(talk, told, before):
    conversation = talk()
    conversation.slots.update(handoff="T000000000001", handoff_told=before)
    told(conversation, "handoff_ended", reference="T000000000001", by="timeout")
    reply = conversation.run("action_handoff_ended")
    assert reply.responses == ["utter_handoff_nobody_came"]
    assert "handoff" not in reply.slots, "an answer is still to come"
    assert reply.slots["handoff_told"] == "message_taken"


def test_word_of_an_older_ticket_changes_nothing(talk, told):
    conversation = talk()
    conversation.slots.update(handoff="T000000000002", handoff_told="waiting")
    told(conversation, "handoff_ended", reference="T000000000001", by="staff")
    reply = conversation.run("action_handoff_ended")
    assert (reply.responses, reply.slots) == ([], {})


@pytest.mark.parametrize("action", ["action_handoff_joined", "action_handoff_ended"])
def test_a_customer_who_types_the_intent_is_not_believed(talk, action):
    conversation = talk()
    conversation.slots["handoff"] = "T000000000001"
    entities = {"staff": "店长", "by": "staff", "agreed": "全额退款", "reference": "T000000000001"}
    reply = conversation.say("/handoff_ended", "handoff_ended", entities).run(action)
    assert (reply.responses, reply.slots) == ([], {})
    # It is answered as what is not understood: nobody who types meets silence.
    followed = [event["name"] for event in reply.events if event["event"] == "followup"]
    assert followed == ["action_fallback_reply"]


def test_it_is_no_message_of_the_customer(talk, told, office):
    conversation = talk()
    told(conversation, "handoff_joined", staff="小王", reference="T000000000001")
    reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    entries = office.look(reply.slots["handoff"]).entries
    assert [each.text for each in entries if each.author == "customer"] == ["转人工"]
