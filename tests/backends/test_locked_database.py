"""While another process holds the database the answer is 503, and afterwards all is well."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest


@pytest.fixture(scope="module")
def small_shop(seeded_database, tmp_path_factory, free_port, start_light_shop):
    folder = tmp_path_factory.mktemp("locked")
    copy = shutil.copy(seeded_database, folder / "shop.db")
    shop = start_light_shop(copy, folder, free_port(), env={"XIAOER_DATABASE_WAIT_MS": "200"})
    yield shop
    shop.stop()


def undisturbed(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask again while the shop's own work in the background holds the database."""
    until = time.monotonic() + 30
    while (answer := ask()).status_code == 503 and time.monotonic() < until:
        time.sleep(0.2)
    return answer


def test_a_locked_database(small_shop):
    client = small_shop.client()
    pair = {"order_number": "XD202611010003", "phone_last4": "1234"}
    assert undisturbed(lambda: client.post("/v1/verifications", json=pair)).status_code == 200
    key = {"Idempotency-Key": "k"}
    with closing(sqlite3.connect(small_shop.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        writes = [
            client.post("/v1/verifications", json=pair),
            client.post("/v1/orders/XD202611010003/cancellation", json={}, headers=key),
            client.put("/v1/identities/slack/s", json={"customer_id": "C10001"}),
        ]
        # Reading goes on beside a writer.
        assert client.get("/v1/orders/XD202611010003").json()["status"] == "paid"
        holder.execute("ROLLBACK")
    for answer in writes:
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "unavailable"
    assert "Traceback" not in small_shop.log.read_text()
    cancel = "/v1/orders/XD202611010003/cancellation"
    done = undisturbed(lambda: client.post(cancel, json={}, headers=key))
    assert done.status_code == 201
    assert "idempotency-replayed" not in done.headers


def test_a_fault_of_our_own_is_told_without_its_insides(small_shop):
    client = small_shop.client("of-the-fault")
    small_shop.sql("ALTER TABLE orders RENAME TO orders_elsewhere")
    try:
        answer = client.get("/v1/orders/XD202611010003")
    finally:
        small_shop.sql("ALTER TABLE orders_elsewhere RENAME TO orders")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"]["code"] == "internal"
    assert "orders" not in answer.text
    log = small_shop.log.read_text()
    assert "OperationalError" in log
    assert "of-the-fault" not in log
    assert "XD202611010003" not in log
