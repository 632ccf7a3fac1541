"""Order actions and the forms before them, against the real order service.

The orders and digits are those of data/shop/demo_orders.yml.
"""

import pytest

from actions.rendering import Responses

SHIPPED, UNPAID, PAID, DELIVERED = (f"XD20261101000{i}" for i in (1, 2, 3, 4))
OUT, OLD, CANCELLED, RETURNED = (f"XD20261101000{i}" for i in (5, 6, 7, 8))
ZH, EN = "1234", "5678"
STATES = {
    SHIPPED: "shipped",
    UNPAID: "pending_payment",
    PAID: "paid",
    DELIVERED: "delivered",
    OUT: "out_for_delivery",
    OLD: "completed",
    CANCELLED: "cancelled",
}
TAKEN: set[str] = set()


def verified(conversation, form, number, last4, intent="order_status", text="查订单"):
    """Begin a form with both numbers in the message."""
    conversation.say(
        f"{text} {number} 尾号{last4}", intent, {"order_number": number, "phone_last4": last4}
    )
    return conversation.open_form(form, order_number=number, phone_last4=last4)


class TestWhichOrder:
    """What all order forms have in common."""

    def test_number_and_digits_one_after_the_other(self, talk):
        conversation = talk()
        conversation.say("我的订单到哪了", "order_status")
        assert conversation.open_form("order_status_form").requested == "order_number"
        conversation.say(SHIPPED, "inform", {"order_number": SHIPPED})
        assert conversation.answer(order_number=SHIPPED).requested == "phone_last4"
        conversation.say(ZH, "inform", {"phone_last4": ZH})
        done = conversation.answer(phone_last4=ZH)
        assert done.requested is None
        assert done.slots["phone_last4"] is None
        reply = conversation.run("action_order_status")
        assert reply.responses == ["utter_order_status"]
        assert SHIPPED in reply.text
        assert "已发货" in reply.text
        assert reply.slots["order_outcome"] == "ok"

    def test_both_at_once(self, talk):
        conversation = talk()
        assert verified(conversation, "order_status_form", SHIPPED, ZH).requested is None

    def test_both_at_once_as_bare_text(self, talk):
        conversation = talk()
        conversation.say("查订单", "order_status")
        conversation.open_form("order_status_form")
        conversation.say(f"{SHIPPED} {ZH}", "inform", {"order_number": SHIPPED})
        assert conversation.answer(order_number=SHIPPED).requested is None

    def test_who_may_see_the_order_is_not_asked_again(self, talk):
        conversation = talk()
        verified(conversation, "order_status_form", SHIPPED, ZH)
        conversation.run("action_order_status")
        conversation.say("物流呢", "track_shipment")
        assert conversation.open_form("shipment_form").requested is None
        assert conversation.run("action_track_shipment").responses == ["utter_shipment"]

    def test_another_sender_is_asked(self, talk):
        verified(talk(), "order_status_form", SHIPPED, ZH)
        other = talk()
        other.say("查订单", "order_status", {"order_number": SHIPPED})
        reply = other.open_form("order_status_form", order_number=SHIPPED)
        assert reply.requested == "phone_last4"

    @pytest.mark.parametrize("number", [SHIPPED, "XD202609990001"])
    def test_a_wrong_pair_tells_nothing_of_the_order(self, talk, number):
        conversation = talk()
        reply = verified(conversation, "order_status_form", number, "9999")
        assert reply.responses == ["utter_order_not_verified"]
        assert reply.requested == "order_number"
        assert reply.slots["order_number"] is None
        assert reply.slots["phone_last4"] is None
        assert number not in reply.text

    def test_five_wrong_tries_lock_and_end_the_form(self, talk):
        conversation = talk()
        verified(conversation, "order_status_form", SHIPPED, "9999")
        for _ in range(4):
            conversation.say("再试", "inform", {"order_number": SHIPPED, "phone_last4": "9998"})
            reply = conversation.answer(order_number=SHIPPED, phone_last4="9998")
        for _ in range(2):
            if reply.responses == ["utter_order_locked"]:
                break
            conversation.say("再试", "inform", {"order_number": SHIPPED, "phone_last4": ZH})
            reply = conversation.answer(order_number=SHIPPED, phone_last4=ZH)
        assert reply.responses == ["utter_order_locked"]
        assert reply.requested is None
        assert reply.slots["order_outcome"] == "locked"
        # The action that follows the form adds nothing.
        after = conversation.run("action_order_status")
        assert after.responses == []
        assert "order_outcome" not in after.slots

    @pytest.mark.parametrize(
        "almost",
        ["XD2026100500", "xd20261005001", "x0202611010001", "D202611010001", "XD2026110100012"],
    )
    def test_an_almost_right_number_is_explained_and_asked_again(self, talk, almost):
        conversation = talk()
        conversation.say("查订单", "order_status")
        conversation.open_form("order_status_form")
        conversation.say(almost, "order_status")  # nothing extracted
        reply = conversation.answer()
        assert reply.responses == ["utter_order_number_malformed"]
        assert reply.requested == "order_number"
        assert "order_number" in reply.slots  # else Rasa would leave the form

    def test_an_almost_right_number_in_the_first_message(self, talk):
        conversation = talk()
        conversation.say("查一下订单 XD2026100500", "order_status")
        reply = conversation.open_form("order_status_form")
        assert reply.responses == ["utter_order_number_malformed"]
        assert reply.requested == "order_number"

    @pytest.mark.parametrize(
        "written",
        [SHIPPED.lower(), "XD 2026-1101-0001", "202611010001", "ＸＤ２０２６１１０１０００１"],
    )
    def test_other_ways_to_write_it(self, talk, written):
        conversation = talk()
        conversation.say("查订单", "order_status")
        conversation.open_form("order_status_form")
        conversation.say(written, "inform")
        reply = conversation.answer(order_number=written)
        assert reply.slots["order_number"] == SHIPPED
        assert reply.requested == "phone_last4"

    def test_the_number_is_corrected_while_the_digits_are_asked(self, talk):
        conversation = talk()
        conversation.say(OUT, "order_status", {"order_number": OUT})
        assert (
            conversation.open_form("order_status_form", order_number=OUT).requested == "phone_last4"
        )
        conversation.say(f"不对,是{SHIPPED}", "inform", {"order_number": SHIPPED})
        reply = conversation.answer(order_number=SHIPPED, phone_last4=f"不对,是{SHIPPED}")
        assert reply.responses == []
        assert reply.requested == "phone_last4"
        assert reply.slots["order_number"] == SHIPPED
        conversation.say(ZH, "inform", {"phone_last4": ZH})
        assert conversation.answer(phone_last4=ZH).requested is None

    @pytest.mark.parametrize("answer", ["不知道", "12", "12345", "abcd"])
    def test_digits_that_are_none(self, talk, answer):
        conversation = talk()
        conversation.say(SHIPPED, "order_status", {"order_number": SHIPPED})
        conversation.open_form("order_status_form", order_number=SHIPPED)
        conversation.say(answer, "inform")
        reply = conversation.answer(phone_last4=answer)
        assert reply.responses == ["utter_phone_last4_malformed"]
        assert reply.requested == "phone_last4"
        assert reply.slots["phone_last4"] is None

    def test_a_whole_phone_number_is_as_good_as_its_end(self, talk):
        conversation = talk()
        conversation.say(SHIPPED, "order_status", {"order_number": SHIPPED})
        conversation.open_form("order_status_form", order_number=SHIPPED)
        conversation.say("19900001234", "inform", {"phone": "19900001234"})
        assert conversation.answer(phone_last4="19900001234").requested is None

    @pytest.mark.parametrize("form", ["order_status_form", "cancel_order_form", "return_form"])
    def test_an_aside_sets_nothing_so_that_rasa_leaves_the_form(self, talk, form):
        conversation = talk()
        conversation.say(SHIPPED, "order_status", {"order_number": SHIPPED})
        conversation.open_form(form, order_number=SHIPPED)
        conversation.say("运费多少", "delivery_fee")
        assert conversation.answer().slots == {}

    def test_an_aside_at_the_confirming_step_sets_nothing(self, talk):
        conversation = talk()
        asked = verified(conversation, "change_address_form", PAID, ZH, "change_address")
        assert asked.requested == "new_address"
        conversation.say("云州市南湖区二路2号", "inform")
        assert conversation.answer(new_address="云州市南湖区二路2号").requested == "confirm"
        conversation.say("运费多少", "delivery_fee")
        assert conversation.answer().slots == {}

    def test_the_same_question_after_an_aside(self, talk):
        conversation = talk()
        conversation.say(SHIPPED, "order_status", {"order_number": SHIPPED})
        conversation.open_form("order_status_form", order_number=SHIPPED)
        conversation.say("运费多少", "delivery_fee")
        conversation.events.append({"event": "action", "name": "utter_delivery_fee"})
        reply = conversation.answer()
        assert reply.responses == []
        assert reply.requested == "phone_last4"
        assert "order_number" not in reply.slots


class TestQuestions:
    """What is told of an order."""

    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize(
        ("number", "last4"),
        [
            (SHIPPED, ZH),
            (UNPAID, ZH),
            (PAID, ZH),
            (DELIVERED, ZH),
            (OUT, EN),
            (OLD, EN),
            (CANCELLED, EN),
        ],
    )
    def test_status_in_both_languages(self, talk, number, last4, language):
        conversation = talk(language)
        verified(conversation, "order_status_form", number, last4)
        reply = conversation.run("action_order_status")
        assert reply.responses == ["utter_order_status"]
        assert number in reply.text
        assert len(reply.buttons) <= 5
        label = Responses(conversation.domain, conversation.slots, "rest")
        assert label.text(f"utter_order_status_{STATES[number]}") in reply.text

    def test_nothing_of_the_address_or_phone_is_said(self, talk):
        conversation = talk()
        verified(conversation, "order_status_form", SHIPPED, ZH)
        text = conversation.run("action_order_status").text
        assert "蒲公英" not in text
        assert "1990000" not in text

    def test_a_parcel_newest_event_first(self, talk):
        conversation = talk("en")
        verified(conversation, "shipment_form", OUT, EN, "track_shipment")
        lines = conversation.run("action_track_shipment").text.splitlines()
        assert "out for delivery" in lines[1]

    def test_a_parcel_that_was_not_sent(self, talk):
        conversation = talk()
        verified(conversation, "shipment_form", PAID, ZH, "track_shipment")
        assert conversation.run("action_track_shipment").responses == ["utter_not_shipped_yet"]

    @pytest.mark.parametrize(
        ("number", "last4", "response"),
        [
            (SHIPPED, ZH, "utter_refund_none"),
            (CANCELLED, EN, "utter_refund_processing"),
            (RETURNED, EN, "utter_refund_refunded"),
        ],
    )
    def test_refunds(self, talk, number, last4, response):
        conversation = talk()
        verified(conversation, "refund_form", number, last4, "refund_progress")
        assert conversation.run("action_refund_progress").responses == [response]

    def test_a_list_of_the_orders_shown_to_this_sender(self, talk):
        conversation = talk()
        nothing = conversation.say("我的订单", "list_orders").run("action_list_orders")
        assert nothing.responses == ["utter_order_number_needed"]
        verified(conversation, "order_status_form", SHIPPED, ZH)
        listed = conversation.say("我的订单", "list_orders").run("action_list_orders")
        assert listed.responses == ["utter_orders"]
        assert [button["title"] for button in listed.buttons] == [SHIPPED]

    def test_a_known_customer_gives_no_proof(self, talk, shop_api):
        conversation = talk(channel="wechat", sender="openid-for-tests")
        path = "/v1/identities/wechat/openid-for-tests"
        assert shop_api.put(path, json={"customer_id": "C10001"}).status_code < 300
        listed = conversation.say("我的订单", "list_orders").run("action_list_orders")
        assert listed.responses == ["utter_orders"]
        assert len(listed.buttons) >= 4
        conversation.say(SHIPPED, "order_status", {"order_number": SHIPPED})
        assert conversation.open_form("order_status_form", order_number=SHIPPED).requested is None

    @pytest.mark.parametrize(
        "action",
        [
            "action_order_status", "action_track_shipment", "action_refund_progress",
            "action_cancel_order", "action_change_address", "action_request_return",
            "action_request_exchange", "action_request_invoice",
        ],
    )  # fmt: skip
    def test_each_is_safe_without_an_order_and_without_proof(self, talk, action):
        conversation = talk()
        nothing = conversation.say("嗯", "inform").run(action)
        assert nothing.responses == ["utter_order_number_needed"]
        conversation.slots.update(
            order_number=SHIPPED, confirm=True, new_address="云州市南湖区一路1号",
            return_reason="坏了", wanted_option="L", invoice_title="某某", invoice_email="a@b.example",
        )  # fmt: skip
        refused = conversation.say("嗯", "inform").run(action)
        assert refused.responses == ["utter_order_not_verified"]
        assert refused.slots["order_number"] is None


class TestRequests:
    """What is asked for an order happens after a yes, and once."""

    @pytest.fixture
    def own(self, shop_database):
        """A function that gives an order of a status no other test has had."""

        def take(status):
            rows = shop_database(
                "SELECT number, substr(phone, -4) FROM orders "
                "JOIN customers ON customers.id = customer_id "
                "WHERE orders.status = ? AND number NOT LIKE 'XD20261101000_' ORDER BY number DESC",
                status,
            )
            row = next(row for row in rows if row[0] not in TAKEN)
            TAKEN.add(row[0])
            return row

        return take

    def test_cancel_after_a_yes(self, talk, own):
        number, last4 = own("paid")
        conversation = talk()
        asked = verified(conversation, "cancel_order_form", number, last4, "cancel_order")
        assert asked.requested == "confirm"
        conversation.say("是的", "affirm")
        assert conversation.answer(confirm=True).requested is None
        first = conversation.again("action_cancel_order")
        second = conversation.run("action_cancel_order")
        assert first.responses == second.responses == ["utter_order_cancelled"]
        assert number in second.text
        assert second.slots["confirm"] is None
        # A later try is another request, and refused before it is asked to confirm.
        conversation.say("取消", "cancel_order")
        again = conversation.open_form("cancel_order_form")
        assert again.responses == ["utter_refused_already_cancelled"]
        assert again.requested is None
        assert conversation.run("action_cancel_order").responses == []

    def test_nothing_happens_without_a_yes(self, talk, own, shop_database):
        number, last4 = own("paid")
        conversation = talk()
        verified(conversation, "cancel_order_form", number, last4, "cancel_order")
        reply = conversation.run("action_cancel_order")
        assert reply.responses == ["utter_order_left_as_is"]
        found = shop_database("SELECT status FROM orders WHERE number = ?", number)
        assert found == [("paid",)]

    def test_an_old_yes_does_not_count(self, talk, own):
        number, last4 = own("paid")
        conversation = talk()
        conversation.slots["confirm"] = True
        assert (
            verified(conversation, "cancel_order_form", number, last4, "cancel_order").requested
            == "confirm"
        )

    def test_a_yes_with_another_number_is_asked_anew(self, talk, own):
        number, last4 = own("paid")
        other, _ = own("paid")
        conversation = talk()
        verified(conversation, "cancel_order_form", number, last4, "cancel_order")
        conversation.say(f"对,是{other}", "affirm", {"order_number": other})
        reply = conversation.answer(order_number=other, confirm=True)
        assert reply.requested == "phone_last4"
        assert reply.slots["confirm"] is None

    def test_what_cannot_be_is_refused_before_the_question(self, talk):
        conversation = talk()
        reply = verified(conversation, "cancel_order_form", SHIPPED, ZH, "cancel_order")
        assert reply.responses == ["utter_refused_already_shipped"]
        assert reply.requested is None
        assert reply.slots["order_outcome"] == "refused"
        assert conversation.run("action_cancel_order").responses == []

    @pytest.mark.parametrize(
        ("form", "number", "last4", "reason"),
        [
            ("return_form", UNPAID, ZH, "not_paid"),
            ("return_form", PAID, ZH, "not_shipped"),
            ("return_form", SHIPPED, ZH, "not_delivered"),
            ("return_form", OLD, EN, "return_window_closed"),
            ("exchange_form", OUT, EN, "not_delivered"),
            ("invoice_form", OLD, EN, "already_requested"),
            ("change_address_form", CANCELLED, EN, "already_cancelled"),
        ],
    )
    def test_the_reason_is_the_services_own(
        self, talk, actions, shop_api, form, number, last4, reason
    ):
        conversation = talk()
        reply = verified(conversation, form, number, last4)
        assert reply.responses == [f"utter_refused_{reason}"]
        endpoint, body = {
            "return_form": ("returns", {"reason": "x"}),
            "exchange_form": ("exchanges", {"wanted": "x"}),
            "invoice_form": ("invoice", {"title": "xx", "email": "a@b.example"}),
            "change_address_form": ("address", {"address": "云州市一路1号"}),
        }[form]
        answer = shop_api.post(
            f"/v1/orders/{number}/{endpoint}",
            json=body,
            headers={
                "X-Xiaoer-Channel": "rest",
                "X-Xiaoer-Sender": conversation.sender,
                "Idempotency-Key": f"test-{number}-{endpoint}",
            },
        )
        assert answer.json()["error"]["reason"] == reason

    def test_change_of_address(self, talk, own, shop_database):
        number, last4 = own("paid")
        conversation = talk()
        asked = verified(conversation, "change_address_form", number, last4, "change_address")
        assert asked.requested == "new_address"
        conversation.say("那里", "inform")
        short = conversation.answer(new_address="那里")
        assert short.responses == ["utter_address_too_short"]
        assert short.requested == "new_address"
        conversation.say("云州市南湖区二路2号", "inform")
        assert conversation.answer(new_address="云州市南湖区二路2号").requested == "confirm"
        conversation.say("改成云州市北湖区三路3号", "change_address")
        assert conversation.answer(new_address="云州市北湖区三路3号").requested == "confirm"
        conversation.say("是", "affirm")
        assert conversation.answer(confirm=True).requested is None
        reply = conversation.run("action_change_address")
        assert reply.responses == ["utter_address_changed"]
        assert reply.slots["new_address"] is None
        found = shop_database("SELECT address FROM orders WHERE number = ?", number)
        assert found == [("云州市北湖区三路3号",)]

    def test_an_order_number_at_the_end_is_no_address(self, talk, own):
        number, last4 = own("paid")
        other, _ = own("paid")
        conversation = talk()
        verified(conversation, "change_address_form", number, last4, "change_address")
        conversation.say("云州市南湖区二路2号", "inform")
        conversation.answer(new_address="云州市南湖区二路2号")
        conversation.say(f"不对是{other}", "inform", {"order_number": other})
        reply = conversation.answer(order_number=other, new_address=f"不对是{other}")
        assert reply.slots["new_address"] == "云州市南湖区二路2号"
        assert reply.requested == "phone_last4"

    def test_an_address_of_an_abandoned_form_does_not_count(self, talk, own):
        number, last4 = own("paid")
        conversation = talk()
        conversation.slots["new_address"] = "云州市旧路9号"
        asked = verified(conversation, "change_address_form", number, last4, "change_address")
        assert asked.requested == "new_address"

    def test_return_of_something_damaged(self, talk):
        conversation = talk()
        conversation.say(
            f"{DELIVERED} 鞋子开胶了 尾号{ZH}", "damaged_item", {"order_number": DELIVERED}
        )
        reply = conversation.open_form("return_form", order_number=DELIVERED, phone_last4=ZH)
        assert reply.requested == "confirm"
        assert "开胶" in reply.slots["return_reason"]

    def test_return(self, talk):
        conversation = talk()
        verified(conversation, "return_form", DELIVERED, ZH, "return_item")
        conversation.say("尺码不合适", "inform")
        assert conversation.answer(return_reason="尺码不合适").requested == "confirm"
        conversation.say("好", "affirm")
        conversation.answer(confirm=True)
        assert conversation.run("action_request_return").responses == ["utter_return_requested"]
        conversation.say("换货", "exchange_item")
        again = conversation.open_form("exchange_form")
        assert again.responses == ["utter_refused_already_requested"]

    def test_exchange_for_what_the_first_message_names(self, talk, own):
        number, last4 = own("delivered")
        conversation = talk()
        conversation.say(
            "把M换成L",
            "exchange_item",
            [
                {"entity": "size", "value": "M", "role": "from"},
                {"entity": "size", "value": "L", "role": "to"},
            ],
        )
        asked = conversation.open_form("exchange_form", wanted_option="L")
        assert asked.requested == "order_number"
        assert asked.slots["wanted_option"] == "L"
        conversation.say(
            f"{number} 尾号{last4}", "inform", {"order_number": number, "phone_last4": last4}
        )
        reply = conversation.answer(order_number=number, phone_last4=last4)
        if reply.requested == "confirm":
            conversation.say("是", "affirm")
            conversation.answer(confirm=True)
            done = conversation.run("action_request_exchange")
            assert done.responses == ["utter_exchange_requested"]
        else:  # some orders of that status are too old
            assert reply.responses == ["utter_refused_return_window_closed"]

    def test_invoice(self, talk, own):
        number, last4 = own("packed")
        conversation = talk()
        asked = verified(conversation, "invoice_form", number, last4, "ask_invoice")
        if asked.responses:  # it has one already
            assert asked.responses == ["utter_refused_already_requested"]
            return
        assert asked.requested == "invoice_title"
        conversation.say("云州小店", "inform")
        assert conversation.answer(invoice_title="云州小店").requested == "invoice_email"
        conversation.say("没有邮箱 at qq", "inform")
        wrong = conversation.answer(invoice_email="没有邮箱 at qq")
        assert wrong.responses == ["utter_email_malformed"]
        conversation.say("发到 a.b@mail.example 谢谢", "inform")
        assert conversation.answer(invoice_email="发到 a.b@mail.example 谢谢").requested is None
        done = conversation.run("action_request_invoice")
        assert done.responses == ["utter_invoice_requested"]
        assert done.slots["invoice_email"] is None


class TestPeople:
    """What goes to the shop's people."""

    def test_a_complaint_gets_a_reference_and_is_filed_once(self, talk, shop_database):
        conversation = talk()
        conversation.say("我要投诉", "complaint")
        assert conversation.open_form("complaint_form").requested == "complaint_text"
        text = "快递把箱子摔坏了\n还不道歉"
        conversation.say(text, "damaged_item")
        assert conversation.answer(complaint_text=text).requested is None
        first = conversation.again("action_file_complaint")
        second = conversation.run("action_file_complaint")
        assert first.responses == second.responses
        assert first.responses == ["utter_complaint_filed", "utter_handoff_waiting"]
        assert first.texts[0] == second.texts[0]
        assert first.slots["handoff"] == second.slots["handoff"], "one ticket"
        assert second.slots["complaint_text"] is None

    def test_a_complaint_about_an_order_one_may_not_see_is_still_filed(self, talk):
        conversation = talk()
        conversation.slots.update(order_number=SHIPPED, complaint_text="一直不发货")
        reply = conversation.say("好", "inform").run("action_file_complaint")
        assert reply.responses[0] == "utter_complaint_filed"

    def test_without_a_text_it_asks(self, talk):
        reply = talk().say("好", "inform").run("action_file_complaint")
        assert reply.responses == ["utter_complaint_missing"]
