"""Erasure: nothing of the customer is left anywhere, nothing of anybody else is lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backends.customers.erasure.erasing import erase
from backends.customers.erasure.plan import KEPT, STEPS
from backends.customers.models import Erasure
from backends.db import Database, now
from backends.errors import ApiError
from backends.migrations.run import upgrade
from backends.models import Base
from backends.orders.models import Customer, Order, Return
from backends.settings import Settings
from tests.backends.customers.somebody import Somebody
from tests.backends.postgres import new_database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
async def database(request, tmp_path):
    """An empty database with the shop's schema."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"
        await upgrade(Settings(database_url=url))
        opened = Database(url, wait_ms=20_000)
        yield opened
        await opened.close()
        return
    holder = new_database()
    url = await asyncio.to_thread(holder.__enter__)
    try:
        await upgrade(Settings(database_url=url))
        opened = Database(url, wait_ms=20_000)
        yield opened
        await opened.close()
    finally:
        await asyncio.to_thread(holder.__exit__, None, None, None)


@pytest.fixture
async def two(database):
    """Two customers with a row everywhere: the one to erase, and another."""
    persons = Somebody("zqvanish", 1), Somebody("zqremain", 2)
    async with database.write() as session:
        for person in persons:
            for row in person.rows():
                session.add(row)
                await session.flush()
    return persons


async def all_text(database):
    """Every value of every table, as one text."""
    values = []
    async with database.read() as session:
        for table in Base.metadata.sorted_tables:
            values += [str(row) for row in await session.execute(select(table))]
    return "\n".join(values)


async def counts(database):
    async with database.read() as session:
        return {
            name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


async def test_nothing_of_the_customer_is_left_and_all_of_the_other(database, two):
    gone, stays = two
    before = await all_text(database)
    assert all(secret in before for person in two for secret in person.secrets)
    await erase(database, gone.customer_id, now(), 7)
    after = await all_text(database)
    assert [secret for secret in gone.secrets if secret in after] == []
    assert after.count(stays.mark) == before.count(stays.mark)
    assert after.count(stays.phone) == before.count(stays.phone)


async def test_the_report_counts_what_was_done_in_every_table(database, two):
    before = await counts(database)
    report = await erase(database, two[0].customer_id, now(), 7)
    after = await counts(database)
    assert all(report.removed.values()), "a table of the plan has no row in this test"
    assert all(report.anonymised.values())
    assert {*report.removed, *report.anonymised} == {step.table for step in STEPS}
    # One erased customer is put in the place of all; and days are to be summed anew.
    made = {"customers": 1, "erasures": 1}
    assert after.pop("insight_stale_days") >= before.pop("insight_stale_days")
    for name, count in before.items():
        assert after[name] == count - report.removed.get(name, 0) + made.get(name, 0), name
    assert {(one.what, one.rows) for one in report.kept} == {
        *((kept.table, 1) for kept in KEPT), ("erasures", 1)
    }  # fmt: skip
    assert all(one.why for one in report.kept)
    named = {(one.channel, one.sender) for one in report.senders}
    gone = two[0]
    assert named == {("wechat", gone.bound), ("rest", gone.verified), ("slack", gone.former)}
    assert {"Rasa's tracker store and event broker", "trained models"} <= {
        one.what for one in report.elsewhere
    }


async def test_what_bookkeeping_needs_stays_without_the_person(database, two):
    await erase(database, two[0].customer_id, now(), 7)
    async with database.read() as session:
        order = await session.get(Order, two[0].order)
        nobody = await session.get(Customer, order.customer_id)
    assert (order.total_fen, order.status, order.address) == (1234, "completed", "")
    assert (nobody.name, nobody.phone) == ("", "")


async def test_a_second_time_reports_the_first_and_takes_what_turned_up_since(database, two):
    gone = two[0]
    first = await erase(database, gone.customer_id, now(), 7)
    again = await erase(database, gone.customer_id, now() + timedelta(days=1), 7)
    assert (first.already_erased, again.already_erased) == (False, True)
    assert again.senders == []
    same = {"already_erased", "senders"}
    assert again.dict(exclude=same) == first.dict(exclude=same)
    async with database.write() as session:
        late = next(row for row in gone.rows() if row.__tablename__ == "interactions")
        session.add(late)
    third = await erase(database, gone.customer_id, now(), 7)
    assert third.removed["interactions"] == first.removed["interactions"] + 1
    assert gone.mark not in await all_text(database)


async def test_a_restored_customer_is_erased_again(database, two):
    gone = two[0]
    await erase(database, gone.customer_id, now(), 7)
    async with database.write() as session:
        for row in gone.rows():
            if row.__tablename__ in {"customers", "customer_messages", "identities"}:
                session.add(row)
                await session.flush()
    report = await erase(database, gone.customer_id, now(), 7)
    assert (report.already_erased, report.removed["customers"]) == (False, 2)
    assert gone.mark not in await all_text(database)


async def test_a_sender_who_is_somebody_else_by_now_keeps_what_is_theirs(database, two):
    """The one who sold a phone with its messenger is not who bought it."""
    gone, stays = two
    async with database.write() as session:
        identity = next(row for row in stays.rows() if row.__tablename__ == "identities")
        identity.channel, identity.sender = "slack", gone.former
        session.add(identity)
    report = await erase(database, gone.customer_id, now(), 7)
    assert ("slack", gone.former) not in {(one.channel, one.sender) for one in report.senders}
    assert report.removed["interactions"] == 1


@pytest.mark.parametrize("status", ["paid", "shipped", "delivered"])
async def test_an_open_order_stands_in_the_way(database, two, status):
    gone = two[0]
    async with database.write() as session:
        order = await session.get(Order, gone.order)
        order.status, order.delivered_at = status, now() - timedelta(days=2)
    before = await all_text(database)
    with pytest.raises(ApiError) as refused:
        await erase(database, gone.customer_id, now(), 7)
    assert (refused.value.status, refused.value.extra) == (
        409,
        {
            "reason": "open_business",
            "open": [{"order_number": gone.order, "what": "order", "status": status}],
        },
    )
    assert await all_text(database) == before


async def test_goods_that_can_come_back_no_more_do_not_stand_in_the_way(database, two):
    async with database.write() as session:
        order = await session.get(Order, two[0].order)
        order.status, order.delivered_at = "delivered", now() - timedelta(days=8)
    assert (await erase(database, two[0].customer_id, now(), 7)).removed["customers"] == 1


async def test_a_return_under_way_stands_in_the_way(database, two):
    async with database.write() as session:
        returned = (await session.execute(select(Return).order_by(Return.id))).scalars().first()
        returned.status = "approved"
    with pytest.raises(ApiError) as refused:
        await erase(database, two[0].customer_id, now(), 7)
    assert [one["what"] for one in refused.value.extra["open"]] == ["return"]


async def test_the_record_names_nobody_but_the_id(database, two):
    await erase(database, two[0].customer_id, now(), 7)
    async with database.read() as session:
        record = await session.get(Erasure, two[0].customer_id)
    assert "sender" not in str(record.report)


async def test_two_erasures_at_once_do_the_work_once(database, two):
    reports = await asyncio.gather(
        *(erase(database, two[0].customer_id, now(), 7) for _ in range(3))
    )
    assert sorted(one.already_erased for one in reports) == [False, True, True]
    assert {one.removed["customers"] for one in reports} == {1}


# Over HTTP, against a running server


def test_the_files_of_the_database_hold_nothing_of_the_customer(own_shop, staff, take_customer):
    customer = take_customer("id IN (SELECT customer_id FROM customer_messages)", silent=False)
    phone = own_shop.sql("SELECT phone FROM customers WHERE id = ?", customer)[0][0]
    own_shop.sql("UPDATE customers SET name = 'Qwzxname' WHERE id = ?", customer)
    own_shop.sql("UPDATE orders SET address = 'Qwzxroad 7' WHERE customer_id = ?", customer)
    staff.put("/v1/identities/wechat/qwzxsender", json={"customer_id": customer})
    speaker = own_shop.client("qwzxsender", "wechat")
    body = {"kind": "callback", "text": "please call qwzxtext"}
    headers = {"Idempotency-Key": "qwzxkey"}
    assert speaker.post("/v1/service-requests", json=body, headers=headers).status_code == 201
    marks = [b"Qwzxname", b"Qwzxroad", b"qwzxsender", b"qwzxtext", b"qwzxkey", phone.encode()]
    before = content(own_shop)
    assert [mark for mark in marks if mark not in before] == []
    answer = staff.delete(f"/v1/customers/{customer}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["removed"]["customer_messages"] > 0
    after = content(own_shop)
    assert [mark for mark in marks if mark in after] == []
    assert staff.delete(f"/v1/customers/{customer}").json()["already_erased"] is True
    assert speaker.get("/v1/orders").json() == {"bound": False, "items": []}


def content(shop):
    """The bytes of the database and its log."""
    paths = shop.database, shop.database.with_name(shop.database.name + "-wal")
    return b"".join(path.read_bytes() for path in paths if path.exists())


def test_open_business_is_told(own_shop, staff):
    customer = own_shop.sql("SELECT customer_id FROM orders WHERE status = 'shipped' LIMIT 1")[0][0]
    answer = staff.delete(f"/v1/customers/{customer}")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["reason"]) == ("not_allowed", "open_business")
    assert "shipped" in {one["status"] for one in error["open"]}
    assert own_shop.sql("SELECT count(*) FROM customers WHERE id = ?", customer) == [(1,)]


@pytest.mark.parametrize("customer", ["C99999", "erased", "%27--"])
def test_an_unknown_customer_cannot_be_erased(staff, customer):
    assert staff.delete(f"/v1/customers/{customer}").status_code == 404


def test_erasing_needs_the_service_token(own_shop):
    with own_shop.client() as stranger:
        stranger.headers.pop("authorization")
        assert stranger.delete("/v1/customers/C00001").status_code == 401


def test_nobody_can_be_bound_to_the_erased(own_shop, staff, take_customer):
    staff.delete(f"/v1/customers/{take_customer()}")
    assert own_shop.sql("SELECT count(*) FROM customers WHERE id = 'erased'") == [(1,)]
    answer = staff.put("/v1/identities/wechat/somebody", json={"customer_id": "erased"})
    assert answer.status_code == 404


def test_an_erased_order_cannot_be_verified(own_shop, staff, take_customer):
    customer = take_customer("id IN (SELECT customer_id FROM orders)")
    number, last4 = own_shop.sql(
        "SELECT number, substr(phone, -4) FROM orders JOIN customers ON id = customer_id "
        "WHERE id = ?", customer,
    )[0]  # fmt: skip
    assert staff.delete(f"/v1/customers/{customer}").status_code == 200
    for digits in (last4, "0000"):
        pair = {"order_number": number, "phone_last4": digits}
        assert own_shop.client().post("/v1/verifications", json=pair).status_code == 403
