"""The same shop on PostgreSQL: migrations, seed, and the rules that depend on its locks."""

import asyncio
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from backends.db import Database
from backends.models import Base
from tests.backends.postgres import execute, new_database

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def database_url(run_backends):
    """A database of its own, filled by the command."""
    with new_database() as url:
        done = run_backends("seed", env={"DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        yield url


@pytest.fixture(scope="module")
def pg_shop(database_url, tmp_path_factory, free_port, start_light_shop):
    folder = tmp_path_factory.mktemp("postgres")
    env = {"DATABASE_URL": database_url}
    shop = start_light_shop(folder / "unused.db", folder, free_port(), env=env, workers=2)
    yield shop
    shop.stop()


def an_order(database_url, where):
    rows = execute(
        "SELECT number, right(phone, 4) FROM orders JOIN customers ON customers.id = customer_id "
        f"WHERE number NOT LIKE 'XD20261101000_' AND {where} ORDER BY number LIMIT 1",
        database_url,
    )
    return {"order_number": rows[0][0], "phone_last4": rows[0][1]}


def at_once(clients, work):
    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(work, clients))


async def test_the_schema_is_what_the_models_say(database_url):
    database = Database(database_url)

    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


def test_the_seed_makes_the_same_orders_as_on_sqlite(database_url, run_backends, seeded_database):
    statement = "SELECT number, total_fen, customer_id FROM orders WHERE number LIKE '%01' "
    statement += "AND number NOT LIKE 'XD20261101000_' ORDER BY number"
    totals = "SELECT count(*), sum(total_fen) FROM orders"
    with closing(sqlite3.connect(seeded_database)) as on_sqlite:
        rows = execute(statement, database_url)
        assert rows
        assert rows == on_sqlite.execute(statement).fetchall()
        assert execute(totals, database_url) == on_sqlite.execute(totals).fetchall()
    again = run_backends("seed", env={"DATABASE_URL": database_url})
    assert "already" in again.stdout, again.stderr


def test_wrong_tries_sent_at_once_are_counted_one_by_one(pg_shop, database_url):
    pair = an_order(database_url, "status = 'completed'")
    wrong = {**pair, "phone_last4": f"{(int(pair['phone_last4']) + 1) % 10_000:04d}"}
    clients = [pg_shop.client("racer") for _ in range(12)]
    answers = at_once(clients, lambda one: one.post("/v1/verifications", json=wrong))
    assert Counter(one.status_code for one in answers) == {403: 4, 429: 8}
    assert clients[0].post("/v1/verifications", json=pair).status_code == 429
    assert pg_shop.client().post("/v1/verifications", json=pair).status_code == 200


def test_a_write_happens_once_though_requests_race(pg_shop, database_url):
    pair = an_order(database_url, "status = 'paid'")
    clients = [pg_shop.client("twice") for _ in range(8)]
    assert clients[0].post("/v1/verifications", json=pair).status_code == 200
    path = f"/v1/orders/{pair['order_number']}/cancellation"
    key = {"Idempotency-Key": "race"}
    answers = at_once(clients, lambda one: one.post(path, json={"reason": "no"}, headers=key))
    assert {one.status_code for one in answers} == {201}
    assert len({one.text for one in answers}) == 1
    assert sum("idempotency-replayed" in one.headers for one in answers) == 7
    others = at_once(
        clients[:4],
        lambda one: one.post(path, json={}, headers={"Idempotency-Key": f"k{clients.index(one)}"}),
    )
    assert {one.status_code for one in others} == {409}


def test_returns_that_race_are_granted_once(pg_shop, database_url):
    pair = an_order(
        database_url,
        "status = 'delivered' AND delivered_at > now() - interval '5 days' "
        "AND number NOT IN (SELECT order_number FROM returns) "
        "AND number NOT IN (SELECT order_number FROM exchanges)",
    )
    clients = [pg_shop.client("returner") for _ in range(6)]
    clients[0].post("/v1/verifications", json=pair)
    path = f"/v1/orders/{pair['order_number']}/returns"
    answers = at_once(
        clients,
        lambda one: one.post(
            path,
            json={"reason": "no"},
            headers={"Idempotency-Key": f"k{clients.index(one)}"},
        ),
    )
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]


def test_identities_lists_and_products(pg_shop):
    client = pg_shop.client("bound", "wecom")
    for customer in ("C10002", "C10001"):
        bound = client.put("/v1/identities/wecom/bound", json={"customer_id": customer})
        assert bound.status_code == 200
    listed = client.get("/v1/orders").json()
    assert {item["order_number"] for item in listed["items"]} == {
        f"XD20261101000{at}" for at in (1, 2, 3, 4)
    }
    assert client.get("/v1/products?q=手机").json()["total"] > 0
    complaint = client.post(
        "/v1/service-requests",
        json={"kind": "complaint", "text": "坏了"},
        headers={"Idempotency-Key": "c"},
    )
    assert complaint.status_code == 201


def test_a_table_locked_by_another_gives_503(pg_shop, database_url):
    async def hold_and_ask():
        connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        try:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("LOCK TABLE throttles")
            client = pg_shop.client()
            pair = {"order_number": "XD202611010001", "phone_last4": "1234"}
            answer = await asyncio.to_thread(client.post, "/v1/verifications", json=pair)
            await transaction.rollback()
            return answer
        finally:
            await connection.close()

    answer = asyncio.run(hold_and_ask())
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"
