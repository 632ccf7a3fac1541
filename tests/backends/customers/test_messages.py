"""Messages: kept only with consent, masked, once, and not for ever."""

import uuid
from datetime import timedelta

import pytest

from backends.db import Database, now
from backends.housekeeping import tidy


def post(client, text, key=None, **more):
    body = {"text": text, "language": "zh", **more}
    return client.post(
        "/v1/messages", json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex}
    )


def kept(shop, customer):
    rows = shop.sql(
        "SELECT text FROM customer_messages WHERE customer_id = ? ORDER BY id", customer
    )
    return [row[0] for row in rows]


@pytest.fixture
def talker(take_customer, bound, staff):
    """A bound client of a customer who agreed to it, and the customer's id."""
    customer = take_customer()
    staff.put(f"/v1/customers/{customer}/consents", json={"messages": True})
    return bound(customer), customer


def test_a_message_is_kept_with_its_sentiment(own_shop, talker):
    client, customer = talker
    answer = post(client, "耳机音质真好", sentiment="positive")
    assert (answer.status_code, answer.json()) == (201, {"kept": True})
    rows = own_shop.sql(
        "SELECT text, language, sentiment FROM customer_messages WHERE customer_id = ?", customer
    )
    assert rows == [("耳机音质真好", "zh", "positive")]


def test_nothing_is_kept_without_consent(own_shop, take_customer, bound):
    customer = take_customer()
    answer = post(bound(customer), "我喜欢露营")
    assert (answer.status_code, answer.json()) == (200, {"kept": False})
    assert kept(own_shop, customer) == []


def test_nothing_is_kept_after_consent_was_withdrawn(own_shop, talker):
    client, customer = talker
    post(client, "我喜欢露营")
    client.put("/v1/consents", json={"messages": False})
    assert post(client, "还喜欢爬山").json() == {"kept": False}
    assert kept(own_shop, customer) == []


@pytest.mark.parametrize("channel", ["rest", "wechat"])
def test_nothing_is_kept_of_a_stranger(own_shop, channel):
    before = own_shop.sql("SELECT count(*) FROM customer_messages")
    keys = own_shop.sql("SELECT count(*) FROM idempotency_keys")
    assert post(own_shop.client(channel=channel), "你好").json() == {"kept": False}
    assert own_shop.sql("SELECT count(*) FROM customer_messages") == before
    assert own_shop.sql("SELECT count(*) FROM idempotency_keys") == keys


def test_one_key_keeps_one_message(own_shop, talker):
    client, customer = talker
    first, again = post(client, "想买帐篷", "one"), post(client, "想买帐篷", "one")
    assert first.json() == again.json() == {"kept": True}
    assert again.headers["idempotency-replayed"] == "true"
    assert post(client, "别的", "one").status_code == 422
    assert kept(own_shop, customer) == ["想买帐篷"]


def test_personal_data_is_masked(own_shop, take_customer, bound, staff):
    customer = take_customer("id IN (SELECT customer_id FROM orders)")
    staff.put(f"/v1/customers/{customer}/consents", json={"messages": True})
    name, phone, address = own_shop.sql(
        "SELECT name, phone, address FROM customers JOIN orders ON customer_id = id WHERE id = ?",
        customer,
    )[0]
    said = (
        f"我是{name}，电话{phone[:3]} {phone[3:7]} {phone[7:]}，寄到{address}，邮箱 a.b@example.com"
    )
    assert post(bound(customer), said).json() == {"kept": True}
    (text,) = kept(own_shop, customer)
    for secret in (name, phone, phone[7:], address, "a.b@example.com"):
        assert secret not in text
    assert text == "我是[name]，电话[phone]，寄到[address]，邮箱 [e-mail]"


async def test_messages_are_forgotten_after_a_year(own_shop, talker):
    client, customer = talker
    post(client, "旧的")
    post(client, "新的")
    old = (now() - timedelta(days=366)).strftime("%Y-%m-%d %H:%M:%S.000000")
    own_shop.sql("UPDATE customer_messages SET at = ? WHERE text = '旧的'", old)
    database = Database(f"sqlite+aiosqlite:///{own_shop.database}")
    try:
        await tidy(database)
    finally:
        await database.close()
    assert kept(own_shop, customer) == ["新的"]
