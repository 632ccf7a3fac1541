"""The same over PostgreSQL."""

import asyncio
import contextlib
import os
import secrets
import threading

import pytest

ADDRESS = os.environ.get("XIAOER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def execute(statement):
    """Run one statement outside a transaction; False when there is no server."""
    asyncpg = pytest.importorskip("asyncpg")
    done = []

    async def run():
        connection = await asyncpg.connect(ADDRESS, timeout=3)
        await connection.execute(statement)
        await connection.close()
        done.append(True)

    def work():
        with contextlib.suppress(OSError):
            asyncio.run(run())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    return bool(done)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory, run_backends, start_shop, free_port):
    name = f"xiaoer_test_{secrets.token_hex(4)}"
    if not execute(f"CREATE DATABASE {name}"):
        pytest.skip("no PostgreSQL answers; set XIAOER_TEST_POSTGRES")
    url = ADDRESS.replace("postgresql://", "postgresql+asyncpg://").rsplit("/", 1)[0] + f"/{name}"
    folder = tmp_path_factory.mktemp("postgres")
    env = {"DATABASE_URL": url, "XIAOER_SEARCH_ENCODER": ""}
    server = None
    try:
        done = run_backends("seed", env=env)
        assert done.returncode == 0, done.stderr
        server = start_shop(folder / "unused.db", folder, free_port(), env=env)
        yield server.client(channel="wechat")
    finally:
        if server is not None:
            server.stop()
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.service
def test_every_endpoint_answers_on_postgresql(postgres):
    found = postgres.get("/v1/products", params={"q": "两千以下的手机", "in_stock": "true"}).json()
    assert found["total"] > 2
    assert all(item["price"] <= 2000 for item in found["items"])
    assert postgres.get("/v1/products/PH-1001-BK-128").json()["variants"]
    for path in ("products/PH-1001/related", "categories", "promotions"):
        assert postgres.get(f"/v1/{path}").json()["items"], path
    assert postgres.get("/v1/lexicon").json()["entries"]


@pytest.mark.service
def test_recommendations_and_interactions_on_postgresql(postgres):
    beside = postgres.get("/v1/recommendations", params={"product": "PH-1001"}).json()["items"]
    assert beside[0]["reason"]["code"] == "bought_together"
    body = {"kind": "purchase", "product_id": "PH-1001"}
    for _ in range(2):
        answer = postgres.post("/v1/interactions", json=body, headers={"Idempotency-Key": "pg-1"})
        assert answer.status_code == 201
    mine = postgres.get("/v1/recommendations").json()["items"]
    assert mine[0]["reason"]["code"] == "because_you_bought"
