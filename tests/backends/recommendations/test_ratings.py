"""Stars over HTTP."""

import pytest


def rows(shop, sender):
    return shop.sql("SELECT product_id, stars FROM ratings WHERE sender = ?", sender)


def rate(client, stars, key, product="PH-1001"):
    body = {"product_id": product, "stars": stars}
    return client.post("/v1/ratings", json=body, headers={"Idempotency-Key": key})


def test_a_later_rating_replaces_the_earlier(shop):
    client = shop.client(sender="stars-1", channel="wechat")
    assert rate(client, 2, "a").json() == {"product_id": "PH-1001", "stars": 2}
    assert rate(client, 2, "a").status_code == 201
    assert rate(client, 5, "b").status_code == 201
    assert rate(client, 4, "c", "PH-1002").status_code == 201
    assert sorted(rows(shop, "stars-1")) == [("PH-1001", 5), ("PH-1002", 4)]


def test_a_rating_of_one_sender_leaves_those_of_others(shop):
    one, other = (shop.client(sender=name, channel="wechat") for name in ("stars-2", "stars-3"))
    rate(one, 1, "a")
    rate(other, 5, "a")
    assert rows(shop, "stars-2") == [("PH-1001", 1)]
    assert rows(shop, "stars-3") == [("PH-1001", 5)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"product_id": "PH-1001", "stars": 0}, 400),
        ({"product_id": "PH-1001", "stars": 6}, 400),
        ({"product_id": "PH-1001", "stars": 3.5}, 400),
        ({"product_id": "PH-1001", "stars": "5"}, 400),
        ({"product_id": "PH-1001"}, 400),
        ({"product_id": "PH-9999", "stars": 5}, 404),
    ],
)
def test_what_cannot_be_is_refused(shop, body, status):
    client = shop.client(sender="stars-4")
    answer = client.post("/v1/ratings", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == status
    assert rows(shop, "stars-4") == []
