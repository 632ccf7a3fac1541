"""Consents: what holds by default, who may change them, what is proved, what a withdrawal does."""

import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from backends.customers.consent import allowed, covers, covers_many, record
from backends.customers.models import Consent
from backends.customers.purposes import DEFAULTS, PURPOSES
from backends.db import Database, now
from backends.migrations.run import upgrade
from backends.orders.models import Customer
from backends.settings import Settings


def holds(answer):
    assert answer.status_code == 200, answer.text
    return {item["purpose"]: item["given"] for item in answer.json()["items"]}


def test_nothing_but_recommendations_is_allowed_until_said(staff, take_customer):
    path = f"/v1/customers/{take_customer()}/consents"
    answer = staff.get(path)
    assert holds(answer) == {
        "marketing": False, "messages": False, "profile": False, "recommendations": True
    }  # fmt: skip
    assert answer.json()["history"] == []
    assert all(item["at"] is None for item in answer.json()["items"])


def test_each_word_is_kept_with_its_moment_and_source(staff, take_customer, bound):
    customer = take_customer()
    path = f"/v1/customers/{customer}/consents"
    assert holds(staff.put(path, json={"profile": True}))["profile"] is True
    mine = bound(customer)
    assert holds(mine.put("/v1/consents", json={"profile": False}))["profile"] is False
    assert mine.get("/v1/consents").json() == staff.get(path).json()
    events = staff.get(path).json()["history"]
    assert [(one["purpose"], one["given"], one["source"]) for one in events] == [
        ("profile", False, "customer:wechat"),
        ("profile", True, "shop"),
    ]
    assert all(one["at"].endswith("+00:00") for one in events)


def test_saying_the_same_again_changes_nothing(staff, take_customer):
    path = f"/v1/customers/{take_customer()}/consents"
    first = staff.put(path, json={"marketing": True, "recommendations": False})
    assert (
        staff.put(path, json={"marketing": True, "recommendations": False}).json() == first.json()
    )
    assert staff.put(path, json={}).json() == first.json()
    assert len(first.json()["history"]) == 2


def test_a_clear_word_is_kept_even_where_it_is_the_default(staff, take_customer):
    path = f"/v1/customers/{take_customer()}/consents"
    answer = staff.put(path, json={"recommendations": True})
    assert [one["purpose"] for one in answer.json()["history"]] == ["recommendations"]


@pytest.mark.parametrize("channel", ["rest", "wechat"])
def test_nobody_changes_the_consents_of_a_stranger(own_shop, channel):
    stranger = own_shop.client(channel=channel)
    for answer in (stranger.get("/v1/consents"), stranger.put("/v1/consents", json={})):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "not_bound"


def test_the_id_of_a_bound_sender_counts_for_nothing_on_an_open_channel(
    own_shop, take_customer, bound
):
    sender = f"U{secrets.token_hex(6)}"
    bound(take_customer(), sender)
    assert own_shop.client(sender, "rest").get("/v1/consents").status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [({"profile": "yes"}, 400), ({"profile": 1}, 400), ({"colour": True}, 400), ({}, 200)],
)
def test_only_true_and_false_are_answers(staff, take_customer, body, status):
    customer = "C00001"
    assert staff.put(f"/v1/customers/{customer}/consents", json=body).status_code == status


@pytest.mark.parametrize("customer", ["C99999", "erased"])
def test_an_unknown_customer_has_no_consents(staff, customer):
    assert staff.get(f"/v1/customers/{customer}/consents").status_code == 404
    assert staff.put(f"/v1/customers/{customer}/consents", json={}).status_code == 404


def test_withdrawing_messages_deletes_them(own_shop, staff, take_customer):
    customer = take_customer("id IN (SELECT customer_id FROM customer_messages)", silent=False)
    path = f"/v1/customers/{customer}/consents"
    count = "SELECT count(*) FROM customer_messages WHERE customer_id = ?"
    staff.put(path, json={"marketing": False})
    assert own_shop.sql(count, customer)[0][0] > 0
    staff.put(path, json={"messages": False})
    assert own_shop.sql(count, customer) == [(0,)]


@pytest.fixture(scope="module")
def settings_of_empty(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "shop.db"
    return Settings(database_url=f"sqlite+aiosqlite:///{path}")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(PURPOSES), st.booleans()), max_size=12
    )
)
async def test_the_last_word_holds_in_each_way_to_ask(settings_of_empty, said):
    await upgrade(settings_of_empty)
    database = Database(settings_of_empty.database_url)
    expected = {(who, purpose): DEFAULTS[purpose] for who in "ABC" for purpose in PURPOSES}
    try:
        async with database.write() as session:
            await session.execute(delete(Consent))
            await session.execute(delete(Customer))
            for at, who in enumerate("ABC"):
                row = {"id": who, "name": who, "language": "en", "phone": f"1990000000{at}"}
                session.add(Customer(**row, created_at=now()))
            await session.flush()
            for who, purpose, is_given in said:
                await record(session, who, purpose, is_given, "shop", now())
                expected[who, purpose] = is_given
        async with database.read() as session:
            for purpose in PURPOSES:
                yes = {who for who in "ABC" if expected[who, purpose]}
                assert await covers_many(session, ["A", "B", "C", "D"], purpose) == yes
                assert {who for who in "ABCD" if await covers(session, who, purpose)} == yes
                rows = await session.execute(
                    select(Customer.id).where(allowed(Customer.id, purpose))
                )
                assert set(rows.scalars()) == yes
    finally:
        await database.close()
