"""Asking back, and switching the language."""

import pytest

UNSURE = [("order_status", 0.38), ("track_shipment", 0.33), ("nlu_fallback", 0.3), ("greet", 0.2)]


def test_the_likeliest_intents_are_buttons(talk):
    reply = talk().say("我的那个", "nlu_fallback", ranking=UNSURE).run("action_clarify")
    assert reply.responses == ["utter_clarify"]
    assert [b["payload"] for b in reply.buttons] == ["/order_status", "/track_shipment"]
    assert reply.buttons[0]["title"] == "查订单"
    assert reply.slots["failures"] == 1.0


def test_titles_in_english(talk):
    reply = talk("en").say("that thing", "nlu_fallback", ranking=UNSURE).run("action_clarify")
    assert reply.buttons[0]["title"] == "Check an order"


def test_main_topics_when_nothing_is_likely(talk):
    ranking = [("nlu_fallback", 0.9), ("order_status", 0.05)]
    reply = talk().say("啊啊啊", "nlu_fallback", ranking=ranking).run("action_clarify")
    assert reply.responses == ["utter_clarify_topics"]
    assert len(reply.buttons) >= 3


def test_one_likely_intent_is_no_choice(talk):
    ranking = [("nlu_fallback", 0.6), ("browse_categories", 0.3), ("order_status", 0.05)]
    reply = talk().say("裙子", "nlu_fallback", ranking=ranking).run("action_clarify")
    payloads = [button["payload"] for button in reply.buttons]
    assert payloads[0] == "/browse_categories"
    assert 3 <= len(payloads) <= 4


def test_the_second_time_in_a_row_offers_a_person(talk):
    conversation = talk()
    conversation.say("啊", "nlu_fallback", ranking=UNSURE).run("action_clarify")
    reply = conversation.say("呃", "nlu_fallback", ranking=UNSURE).run("action_clarify")
    assert reply.responses == ["utter_clarify_again"]
    assert reply.buttons[-1]["payload"] == "/talk_to_human"
    assert reply.slots["failures"] == 2.0
    assert len(reply.buttons) <= 5


def test_understanding_in_between_starts_anew(talk):
    conversation = talk()
    conversation.say("啊", "nlu_fallback", ranking=UNSURE).run("action_clarify")
    conversation.say("优惠", "ask_promotions").run("action_promotions")
    reply = conversation.say("呃", "nlu_fallback", ranking=UNSURE).run("action_clarify")
    assert reply.responses == ["utter_clarify"]
    assert reply.slots["failures"] == 1.0


@pytest.mark.parametrize(("wanted", "text"), [("en", "English"), ("zh", "中文")])
@pytest.mark.parametrize("before", ["zh", "en"])
def test_the_language_is_confirmed_in_itself(talk, wanted, text, before):
    said = talk(before).say("换", "switch_language", {"target_language": wanted})
    reply = said.run("action_switch_language")
    assert text in reply.text
    assert reply.slots == {"language": wanted, "wished_language": wanted}


def test_a_language_that_is_not_spoken(talk):
    said = talk().say("parlez", "switch_language", {"target_language": "French"})
    reply = said.run("action_switch_language")
    assert reply.responses == ["utter_language_not_spoken"]
    assert reply.slots == {}


def test_no_language_named(talk):
    reply = talk().say("换个语言", "switch_language").run("action_switch_language")
    assert reply.responses == ["utter_which_language"]


def test_an_abandoned_task_is_forgotten_but_not_the_order(talk):
    reply = talk().say("算了", "stop").run("action_reset_task")
    assert reply.responses == []
    assert set(reply.slots.values()) == {None}
    assert {"confirm", "new_address", "complaint_text"} <= reply.slots.keys()
    assert "order_number" not in reply.slots
