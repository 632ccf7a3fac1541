"""The same over PostgreSQL."""

import pytest

from tests.backends.postgres import new_database


@pytest.fixture(scope="module")
def postgres(tmp_path_factory, run_backends, start_shop, free_port):
    folder = tmp_path_factory.mktemp("postgres")
    with new_database() as url:
        env = {"DATABASE_URL": url, "XIAOER_SEARCH_ENCODER": ""}
        done = run_backends("seed", env=env)
        assert done.returncode == 0, done.stderr
        server = start_shop(folder / "unused.db", folder, free_port(), env=env)
        try:
            yield server.client(channel="wechat")
        finally:
            server.stop()


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
