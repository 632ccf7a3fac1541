"""A running server follows the models on disk: without a restart, and without a failed request."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from tests.waiting import eventually

PATH = "/v1/recommendations"


@pytest.fixture
def untrained(tmp_path, seeded_database, start_light_shop, free_port):
    """A server by words alone without a model, and its environment for commands."""
    copy = Path(shutil.copy(seeded_database, tmp_path / "shop.db"))
    env = {"XIAOER_STATE_DIR": str(tmp_path / "state")}
    shop = start_light_shop(copy, tmp_path, free_port(), env=env)
    yield shop, {**env, "DATABASE_URL": f"sqlite+aiosqlite:///{copy}"}
    shop.stop()


def known_client(shop):
    client = shop.client(channel="wechat", sender="models-1")
    bound = client.put("/v1/identities/wechat/models-1", json={"customer_id": "C00020"})
    assert bound.status_code in (200, 201)
    return client


def names(client):
    answer = client.get(PATH, params={"limit": 10, "lang": "en"})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_a_new_model_serves_without_a_failed_request_and_a_damaged_one_never(
    untrained, run_backends
):
    shop, env = untrained
    client = known_client(shop)
    by_counts = names(client)
    assert by_counts
    failures, stop = [], threading.Event()

    def go_on_asking():
        asking = known_client(shop)
        while not stop.is_set():
            answer = asking.get(PATH, params={"limit": 10})
            if answer.status_code != 200 or not answer.json()["items"]:
                failures.append(answer.text)

    other = threading.Thread(target=go_on_asking)
    other.start()
    try:
        done = run_backends("recommend", "train", env=env, timeout=240)
        assert done.returncode == 0, done.stderr
        eventually(lambda: names(client) != by_counts, 20)
        learned = names(client)
        folder = Path(env["XIAOER_STATE_DIR"]) / "recommendations"
        (folder / "99990101-000000-dead.safetensors").write_bytes(b"\x00" * 500)
        (folder / "current.json").write_text(json.dumps({"model": "99990101-000000-dead"}))
        eventually(lambda: "99990101-000000-dead" in shop.log.read_text(), 20)
        assert names(client) == learned
    finally:
        stop.set()
        other.join()
    assert not failures
    assert "damaged" in shop.log.read_text()


def test_a_damaged_first_model_leaves_what_is_counted(untrained):
    shop, env = untrained
    client = known_client(shop)
    before = names(client)
    folder = Path(env["XIAOER_STATE_DIR"]) / "recommendations"
    folder.mkdir(parents=True)
    (folder / "99990101-000000-dead.safetensors").write_bytes(b"not a model")
    (folder / "current.json").write_text(json.dumps({"model": "99990101-000000-dead"}))
    assert names(client) == before
    (folder / "current.json").write_text("{ nothing")
    assert names(client) == before


def test_a_product_new_in_the_catalogue_is_recommended_before_its_first_sale(
    untrained, run_backends
):
    shop, env = untrained
    assert run_backends("recommend", "train", env=env, timeout=240).returncode == 0
    client = shop.client(channel="wechat", sender="models-2")
    for at, product in enumerate(["TY-2501", "TY-2502", "TY-2504", "TY-2505"]):
        body = {"kind": "purchase", "product_id": product}
        answer = client.post("/v1/interactions", json=body, headers={"Idempotency-Key": f"n{at}"})
        assert answer.status_code == 201
    shop.sql(
        "INSERT INTO products SELECT 'TY-2599', category_id, brand_id, 'Neu 积木', 'Newbrick Set', "
        "synonyms, summary_zh, summary_en, description_zh, description_en, price_fen, "
        "list_price_fen, attributes, size_guide, goes_with, released, popularity "
        "FROM products WHERE id = 'TY-2501'"
    )
    shop.sql(
        "INSERT INTO variants SELECT 'TY-2599-A', 'TY-2599', position, options, price_fen, 9 "
        "FROM variants WHERE product_id = 'TY-2501' LIMIT 1"
    )
    shop.sql("UPDATE catalog_version SET version = 'with a new product'")
    params = {"limit": 50, "lang": "en", "category": "toys"}

    def listed():
        items = client.get(PATH, params=params).json()["items"]
        return [item["id"] for item in items]

    eventually(lambda: "TY-2599" in listed(), 20)
