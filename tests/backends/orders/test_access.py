"""Nobody sees an order by another's grant; bound identities count on trusted channels only."""

import json
import secrets

import pytest


def bind(shop, channel, sender, customer):
    return shop.client().put(f"/v1/identities/{channel}/{sender}", json={"customer_id": customer})


def some_sender():
    return f"bound-{secrets.token_hex(6)}"


READS = ("", "/shipment", "/refund")
WRITES = {
    "cancellation": {},
    "address": {"address": "云州市南湖区云朵路 1 号"},
    "returns": {"reason": "too small"},
    "exchanges": {"wanted": "L"},
    "invoice": {"title": "Somebody", "email": "somebody@example.com"},
}


def test_a_grant_is_of_one_sender_on_one_channel_for_one_order(shop, take_order):
    order, another = take_order(), take_order()
    client = shop.client("granted")
    assert client.post("/v1/verifications", json=order.pair).status_code == 200
    for stranger in (shop.client("granted", "telegram"), shop.client("granted2"), shop.client()):
        for path in READS:
            assert stranger.get(f"/v1/orders/{order.number}{path}").status_code == 403
        for path, body in WRITES.items():
            answer = stranger.post(
                f"/v1/orders/{order.number}/{path}", json=body, headers={"Idempotency-Key": "k"}
            )
            assert answer.status_code == 403, path
        assert stranger.get("/v1/orders").json() == {"bound": False, "items": []}
    assert client.get(f"/v1/orders/{another.number}").status_code == 403
    listed = client.get("/v1/orders").json()
    assert listed["bound"] is False
    assert [item["order_number"] for item in listed["items"]] == [order.number]


def test_writes_to_an_order_of_nobody_are_refused_alike(shop, take_order):
    order = take_order("paid")
    client = shop.client()
    for path, body in WRITES.items():
        answers = [
            client.post(f"/v1/orders/{number}/{path}", json=body, headers={"Idempotency-Key": "k"})
            for number in (order.number, "XD202401019998")
        ]
        assert [one.status_code for one in answers] == [403, 403]
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("channel", ["wechat", "wecom", "slack", "WeChat"])
def test_a_bound_customer_sees_their_orders_and_no_others(shop, take_order, channel):
    order, another = take_order(), take_order()
    sender = some_sender()
    client = shop.client(sender, channel)
    assert client.get(f"/v1/orders/{order.number}").status_code == 403
    assert bind(shop, channel, sender, order.customer).status_code == 200
    assert client.get(f"/v1/orders/{order.number}").status_code == 200
    assert client.get(f"/v1/orders/{another.number}").status_code == 403
    listed = client.get("/v1/orders").json()
    assert listed["bound"] is True
    mine = shop.sql(
        "SELECT number FROM orders WHERE customer_id = ? ORDER BY placed_at DESC LIMIT 10",
        order.customer,
    )
    assert [item["order_number"] for item in listed["items"]] == [row[0] for row in mine]
    assert bind(shop, channel, sender, another.customer).status_code == 200
    assert client.get(f"/v1/orders/{order.number}").status_code == 403
    for _ in range(2):
        gone = shop.client().delete(f"/v1/identities/{channel}/{sender}")
        assert gone.status_code == 204
        assert gone.content == b""
    assert client.get("/v1/orders").json() == {"bound": False, "items": []}
    assert client.get(f"/v1/orders/{another.number}").status_code == 403


def test_the_list_of_a_bound_customer_is_no_longer_than_ten(shop):
    (customer,) = shop.sql(
        "SELECT customer_id FROM orders GROUP BY customer_id "
        "HAVING count(*) = (SELECT max(n) FROM (SELECT count(*) n FROM orders GROUP BY customer_id))"
    )[0]
    shop.sql(
        "UPDATE orders SET customer_id = ? WHERE number IN "
        "(SELECT number FROM orders WHERE status = 'completed' ORDER BY number LIMIT 10)",
        customer,
    )
    sender = some_sender()
    bind(shop, "slack", sender, customer)
    assert len(shop.client(sender, "slack").get("/v1/orders").json()["items"]) == 10


@pytest.mark.parametrize("channel", ["rest", "REST", "socketio", "telegram", "cmdline"])
def test_a_sender_of_an_open_channel_is_never_bound(shop, take_order, channel):
    order = take_order()
    sender = some_sender()
    refused = bind(shop, channel, sender, order.customer)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "untrusted_channel"
    # Not even when the row is there, from a time when the channel was trusted.
    shop.sql(
        "INSERT INTO identities (channel, sender, customer_id, created_at) "
        "VALUES (?, ?, ?, datetime('now'))",
        channel.lower(),
        sender,
        order.customer,
    )
    client = shop.client(sender, channel)
    assert client.get("/v1/orders").json() == {"bound": False, "items": []}
    assert client.get(f"/v1/orders/{order.number}").status_code == 403


def test_an_unknown_customer_cannot_be_bound(shop):
    assert bind(shop, "slack", some_sender(), "C99999").status_code == 404


def test_a_sender_id_may_be_of_any_script(shop, take_order):
    order = take_order()
    client = shop.client("%E5%AE%A2%E4%BA%BA%20%F0%9F%99%82")
    assert client.post("/v1/verifications", json=order.pair).status_code == 200
    assert shop.sql("SELECT count(*) FROM grants WHERE sender = ?", "客人 🙂") == [(1,)]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Xiaoer-Sender": ""},
        {"X-Xiaoer-Channel": ""},
        {"X-Xiaoer-Channel": "a channel"},
        {"X-Xiaoer-Channel": "c" * 33},
        {"X-Xiaoer-Sender": "s" * 256},
        {"X-Xiaoer-Sender": "%00"},
        {"X-Xiaoer-Sender": "%0d%0aX: y"},
        {"X-Xiaoer-Sender": "%ff"},
        {"X-Xiaoer-Sender": "é".encode("latin-1")},
    ],
)
def test_a_customer_that_is_none_is_refused(shop, headers):
    answer = shop.client().get("/v1/orders", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


def test_an_answer_holds_nothing_personal_that_the_owner_does_not_need(shop, take_order):
    order = take_order("delivered", "EXISTS (SELECT 1 FROM invoices WHERE order_number = number)")
    client = shop.client()
    client.post("/v1/verifications", json=order.pair)
    shown = client.get(f"/v1/orders/{order.number}").json()
    everything = json.dumps(
        [shown, *(client.get(f"/v1/orders/{order.number}{path}").json() for path in READS[1:])],
        ensure_ascii=False,
    )
    assert order.phone not in everything
    assert order.customer not in everything
    assert f"{order.customer.lower()}@" not in everything
    assert order.address not in everything
    assert "****" in shown["address_masked"]
    digits = {part for part in order.address if part.isdigit()}
    assert not digits & set(shown["address_masked"])


def test_an_order_says_all_that_its_owner_wants_to_know(shop):
    client = shop.client()
    pair = {"order_number": "XD202611010001", "phone_last4": "1234"}
    assert client.post("/v1/verifications", json=pair).status_code == 200
    shown = client.get("/v1/orders/XD202611010001").json()
    assert shown["status"] == "shipped"
    assert shown["currency"] == "CNY"
    assert shown["total"] == pytest.approx(
        sum(item["price"] * item["quantity"] for item in shown["items"])
    )
    assert shown["item_count"] == 1
    assert shown["items"][0]["product_id"] == "PH-1001"
    assert shown["items"][0]["name"] == shown["first_item"]
    assert {option["key"]: option["value"] for option in shown["items"][0]["options"]} == {
        "color": "black",
        "storage": "128GB",
    }
    assert shown["return"] is None
    assert shown["refund"] is None
    assert shown["allowed"] == ["invoice"]
    parcel = client.get("/v1/orders/XD202611010001/shipment").json()
    assert parcel["tracking_number"] == shown["tracking_number"]
    assert [event["code"] for event in parcel["events"]][:2] == ["label_created", "picked_up"]
    moments = [event["at"] for event in parcel["events"]]
    assert moments == sorted(moments)
    assert client.get("/v1/orders/XD202611010001/refund").json()["status"] == "none"
