import pytest


def rows(shop, sender):
    return shop.sql(
        "SELECT kind, product_id, customer_id, channel FROM interactions WHERE sender = ?", sender
    )


def post(client, body, key):
    return client.post("/v1/interactions", json=body, headers={"Idempotency-Key": key})


def test_an_interaction_is_written_once(shop):
    client = shop.client(channel="wechat", sender="once-1")
    body = {"kind": "view", "product_id": "PH-1001"}
    first, second = post(client, body, "k1"), post(client, body, "k1")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json() == body
    assert rows(shop, "once-1") == [("view", "PH-1001", None, "wechat")]
    other = post(client, {**body, "kind": "cart"}, "k1")
    assert other.status_code == 422
    assert other.json()["error"]["code"] == "idempotency_mismatch"
    assert post(client, body, "k2").status_code == 201
    assert len(rows(shop, "once-1")) == 2


def test_the_same_key_of_another_customer_is_another_request(shop):
    body = {"kind": "click", "product_id": "AC-3001"}
    for sender in ("once-2", "once-3"):
        assert post(shop.client(sender=sender), body, "shared").status_code == 201
        assert len(rows(shop, sender)) == 1


def test_a_sku_counts_for_its_product(shop):
    client = shop.client(sender="once-4")
    answer = post(client, {"kind": "cart", "product_id": "PH-1001-BK-128"}, "k")
    assert answer.json()["product_id"] == "PH-1001"


def test_a_bound_sender_is_written_down_as_the_customer(shop):
    customer = shop.sql("SELECT id FROM customers ORDER BY id DESC LIMIT 1")[0][0]
    client = shop.client(channel="slack", sender="once-5")
    client.put("/v1/identities/slack/once-5", json={"customer_id": customer})
    assert post(client, {"kind": "view", "product_id": "PH-1002"}, "k").status_code == 201
    assert rows(shop, "once-5") == [("view", "PH-1002", customer, "slack")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "view", "product_id": "PH-9999"}, 404),
        ({"kind": "steal", "product_id": "PH-1001"}, 400),
        ({"kind": "view"}, 400),
        ({"kind": "view", "product_id": "PH-1001", "times": 3}, 400),
        ({"kind": "view", "product_id": 7.5}, 400),
    ],
)
def test_what_cannot_be_is_refused(shop, body, status):
    client = shop.client(sender=f"once-6-{status}")
    assert post(client, body, "k").status_code == status
    assert rows(shop, f"once-6-{status}") == []


def test_a_key_is_needed(shop):
    answer = shop.client().post("/v1/interactions", json={"kind": "view", "product_id": "PH-1001"})
    assert answer.status_code == 400
