"""What the customer writes reaches the shop's people, and what those say the customer."""

import pytest

from tests.waiting import eventually


@pytest.mark.parametrize(
    "response", ["waiting", "waiting_first", "waiting_acknowledged", "closed", "unreachable"]
)
def test_wherever_one_waits_there_is_a_way_back(domain, response):
    for variation in domain["responses"][f"utter_handoff_{response}"]:
        assert [each["payload"] for each in variation["buttons"]] == ["/back_to_bot"]


def test_the_first_message_is_acknowledged_and_the_next_ones_are_not(
    handed_over, forward, office, shop_database
):
    conversation, reference = handed_over()
    first = forward(conversation, "我的包裹丢了")
    assert first.responses == ["utter_handoff_waiting_acknowledged"]
    for text in ("在吗", "快一点"):
        assert forward(conversation, text).responses == []
    said = [each.text for each in office.look(reference).entries if each.author == "customer"]
    assert said[-3:] == ["我的包裹丢了", "在吗", "快一点"]


def test_words_of_staff_are_said_as_they_are(handed_over, forward, office, shop_database):
    conversation, reference = handed_over("en")
    office.take(reference)
    words = "Hello {name}, %s is 0[100%] sure:\nit's on <its> way! 😀"
    office.say(reference, words)
    waits(shop_database, conversation)
    reply = forward(conversation, "any news?")
    assert reply.responses == ["utter_staff_says"]
    assert reply.texts == [f"Ann: {words}"]
    assert forward(conversation, "ok").responses == [], "they are said once"


def waits(shop_database, conversation):
    """Until it is known that this channel cannot be pushed to."""
    undelivered = (
        "SELECT count(*) FROM ticket_messages JOIN tickets ON tickets.id = ticket_id "
        "WHERE sender = ? AND delivery = 'pending' AND try_at IS NOT NULL"
    )
    eventually(lambda: shop_database(undelivered, conversation.sender) == [(0,)])


def test_several_words_come_in_order(handed_over, forward, office, shop_database):
    conversation, reference = handed_over()
    office.take(reference)
    for text in ("一", "二", "三"):
        office.say(reference, text)
    waits(shop_database, conversation)
    assert [text[-1] for text in forward(conversation, "在吗").texts] == ["一", "二", "三"]


def test_who_has_come_is_said_once_if_nobody_said_so(handed_over, forward, office, shop_database):
    conversation, reference = handed_over(channel="rest")
    office.take(reference)
    assert forward(conversation, "在吗").responses == ["utter_handoff_joined"]
    assert forward(conversation, "好").responses == []


def test_a_pressed_button_is_told_by_its_words(handed_over, forward, office, shop_database):
    conversation, reference = handed_over()
    button = {"title": "查订单", "payload": "/order_status"}
    conversation.events.append({"event": "bot", "text": "hi", "data": {"buttons": [button]}})
    forward(conversation, "/order_status", "order_status")
    forward(conversation, '/wechat_image{"url": "https://img.example/1"}', "inform")
    said = [each.text for each in office.look(reference).entries if each.author == "customer"]
    assert said[-2] == "查订单"
    assert "https://img.example/1" in said[-1]


@pytest.mark.parametrize("text", ["x" * 9000, "\u200b", " ", "😀\ud83d", "{0} {name}", "\x00"])
def test_any_message_is_taken(handed_over, forward, text):
    conversation, _ = handed_over()
    reply = forward(conversation, text)
    assert "utter_internal_error" not in reply.responses
    assert "utter_handoff_unreachable" not in reply.responses


class TestEnding:
    """The person has finished, and the channel could not be told."""

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_what_was_agreed_is_said_and_the_message_is_handled_anew(
        self, handed_over, forward, office, shop_database, language
    ):
        conversation, reference = handed_over(language)
        office.take(reference)
        office.say(reference, "周三补发")
        office.close(reference, agreed="周三补发一件")
        waits(shop_database, conversation)
        reply = forward(conversation, "谢谢", "thanks")
        assert reply.responses == ["utter_staff_says", "utter_handoff_ended_agreed"]
        assert "周三补发一件" in reply.text
        assert reply.handed_back
        again = reply.events[-1]
        assert (again["text"], again["parse_data"]["intent"]["name"]) == ("谢谢", "thanks")
        assert again["metadata"]["handed_back"] == ["action_forward_to_staff"]
        written = [each for each in conversation.events if each["event"] == "user"]
        assert again["message_id"] == written[-1]["message_id"]
        assert reply.slots["handoff"] is None
        assert reply.slots["handoff_finished"] == reference

    def test_nothing_agreed(self, handed_over, forward, office, shop_database):
        conversation, reference = handed_over()
        office.take(reference)
        office.close(reference)
        reply = forward(conversation, "你好", "greet")
        assert reply.responses == ["utter_handoff_ended"]
        assert reply.handed_back

    def test_a_ticket_that_is_gone(self, talk, forward):
        conversation = talk()
        conversation.slots["handoff"] = "T999999999999"
        reply = forward(conversation, "你好", "greet")
        assert reply.responses == []
        assert reply.handed_back
        assert reply.slots["handoff"] is None
        assert reply.slots["handoff_finished"] is None

    def test_what_else_the_turn_found_out_is_not_undone(self, talk, forward):
        conversation = talk()
        conversation.slots.update(handoff="T999999999999", fallback_reference="F-1")
        conversation.say("嗯", "nlu_fallback")
        conversation.events.append({"event": "action", "name": "action_fallback_reply"})
        reply = forward(conversation, "你好", "greet")
        assert reply.handed_back
        assert reply.slots["fallback_reference"] is None


class TestLeaving:
    """Back to the assistant."""

    def test_the_ticket_ends(self, handed_over, office):
        conversation, reference = handed_over()
        reply = conversation.say("不等了", "back_to_bot").run("action_leave_handoff")
        assert reply.responses == ["utter_handoff_left"]
        assert reply.slots["handoff"] is None
        assert reply.slots["handoff_finished"] is None, "nobody had answered"
        card = office.look(reference).card
        assert (card.state, card.ended_by) == ("ended", "customer")

    def test_after_somebody_had_come_one_may_be_asked_how_it_was(
        self, handed_over, forward, office
    ):
        conversation, reference = handed_over()
        office.take(reference)
        forward(conversation, "在吗")
        reply = conversation.say("不等了", "back_to_bot").run("action_leave_handoff")
        assert reply.slots["handoff_finished"] == reference

    def test_a_message_that_was_taken_down_is_still_answered(self, handed_over, office):
        conversation, reference = handed_over()
        conversation.slots["handoff_told"] = "message_taken"
        reply = conversation.say("回到机器人", "back_to_bot").run("action_leave_handoff")
        assert reply.responses == ["utter_here_for_you"]
        assert office.look(reference).card.state != "ended"

    def test_there_is_nothing_to_leave(self, talk):
        reply = talk("en").say("back to the bot", "back_to_bot").run("action_leave_handoff")
        assert reply.responses == ["utter_here_for_you"]


class TestCutOff:
    """The hand-over service is down."""

    def test_the_customer_is_told_to_write_again(self, cut_off, talk_to, forward):
        conversation = talk_to(cut_off)
        conversation.slots["handoff"] = "T000000000001"
        reply = forward(conversation, "在吗")
        assert reply.responses == ["utter_handoff_unreachable"]
        assert "handoff" not in reply.slots

    def test_one_can_leave_all_the_same(self, cut_off, talk_to):
        conversation = talk_to(cut_off)
        conversation.slots["handoff"] = "T000000000001"
        reply = conversation.say("不等了", "back_to_bot").run("action_leave_handoff")
        assert reply.responses == ["utter_handoff_left"]
        assert reply.slots["handoff"] is None
