"""The invented shop: the same every time, in every state, and never contradicting itself."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import yaml

from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN

ROOT = Path(__file__).resolve().parents[2]
TODAY = "2026-11-20"
# Made at the moment of seeding, or counted by the database.
VOLATILE = ("seed_record",)


@pytest.fixture(scope="module")
def made(seeded_database):
    with closing(sqlite3.connect(seeded_database)) as connection:
        yield lambda statement: connection.execute(statement).fetchall()


def url(path):
    return {"DATABASE_URL": f"sqlite+aiosqlite:///{path}"}


def content(path):
    with closing(sqlite3.connect(path)) as connection:
        lines = list(connection.iterdump())
    return [line for line in lines if not any(f'"{name}"' in line for name in VOLATILE)]


@pytest.fixture(scope="module")
def small_data(tmp_path_factory):
    """The shop's files with two categories only, to seed from quickly."""
    folder = tmp_path_factory.mktemp("data") / "shop"
    shutil.copytree(ROOT / "data" / "shop", folder)
    for path in (folder / "products").glob("*.yml"):
        if path.stem not in {"phones", "accessories"}:
            path.unlink()
    for name in ("promotions.yml", "reviews.yml"):
        (folder / name).unlink(missing_ok=True)
    phones = folder / "products" / "phones.yml"
    known = set(re.findall(r"^- id: (\S+)", "".join(
        path.read_text() for path in (folder / "products").glob("*.yml")), re.MULTILINE))  # fmt: skip
    for path in (phones, folder / "products" / "accessories.yml"):
        data = yaml.safe_load(path.read_text())
        for product in data["products"]:
            product["goes_with"] = [one for one in product.get("goes_with", []) if one in known]
        path.write_text(yaml.safe_dump(data, allow_unicode=True))
    demo = yaml.safe_load((folder / "demo_orders.yml").read_text())
    demo["orders"] = demo["orders"][:2]
    (folder / "demo_orders.yml").write_text(yaml.safe_dump(demo, allow_unicode=True))
    return folder


def test_the_size_of_the_shop(made):
    assert made("SELECT count(*) FROM customers") == [(400,)]
    assert made("SELECT count(*) FROM orders") == [(1500,)]
    assert made("SELECT count(*) FROM products")[0][0] >= 200
    assert made("SELECT count(DISTINCT category_id) FROM products")[0][0] >= 8
    assert made("SELECT count(*) FROM interactions")[0][0] > 5000


@pytest.mark.parametrize(
    ("table", "machine"),
    [("orders", ORDER), ("returns", RETURN), ("exchanges", EXCHANGE), ("refunds", REFUND)],
)
def test_every_state_is_there(made, table, machine):
    assert {row[0] for row in made(f"SELECT DISTINCT status FROM {table}")} == machine.states


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        ("paid before it was placed", "paid_at < placed_at"),
        ("sent before it was paid", "shipped_at < paid_at"),
        ("there before it was sent", "delivered_at < shipped_at"),
        ("sent without payment", "shipped_at IS NOT NULL AND paid_at IS NULL"),
        ("under way without a number", "shipped_at IS NOT NULL AND tracking_number IS NULL"),
        ("delivered by state only", "status IN ('delivered', 'completed') <> (delivered_at IS NOT NULL)"),
        ("cancelled by state only", "(status = 'cancelled') <> (cancelled_at IS NOT NULL)"),
        ("sent and cancelled", "status = 'cancelled' AND shipped_at IS NOT NULL"),
        ("after the day of seeding", "max(placed_at, coalesce(delivered_at, '')) > (SELECT today || ' 00:00:01' FROM seed_record)"),
        ("no events", "shipped_at IS NOT NULL AND number NOT IN (SELECT order_number FROM shipment_events)"),
        ("another sum", "total_fen <> shipping_fen + (SELECT sum(price_fen * quantity) FROM order_items WHERE order_number = number)"),
        ("no money back", "status = 'cancelled' AND paid_at IS NOT NULL AND number NOT IN (SELECT order_number FROM refunds)"),
        ("money back for nothing", "number IN (SELECT order_number FROM refunds) AND status NOT IN ('cancelled', 'delivered', 'completed')"),
        ("come back before it was there", "delivered_at > (SELECT min(requested_at) FROM returns WHERE order_number = number)"),
        ("a number of another form", "number NOT GLOB 'XD2026[01][0-9][0-3][0-9][0-9][0-9][0-9][0-9]' AND number NOT GLOB 'XD20[0-9][0-9][01][0-9][0-3][0-9][0-9][0-9][0-9][0-9]'"),
        ("a tracking number of another form", "tracking_number NOT GLOB '[SYZJ][FTD][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'"),
    ],
)  # fmt: skip
def test_no_order_contradicts_itself(made, what, condition):
    assert made(f"SELECT number FROM orders WHERE {condition}") == [], what


def test_events_of_a_parcel_are_in_the_order_in_which_such_things_happen(made):
    rank = ["label_created", "picked_up", "departed", "delayed", "arrived", "out_for_delivery"]
    rank += ["delivered", "returned"]
    rows = made("SELECT order_number, code FROM shipment_events ORDER BY order_number, at, id")
    ways: dict[str, list[int]] = {}
    for number, code in rows:
        ways.setdefault(number, []).append(rank.index(code))
    assert all(way == sorted(way) for way in ways.values())


def test_phones_are_of_the_made_up_block_and_names_are_of_both_languages(made):
    phones = [row[0] for row in made("SELECT phone FROM customers")]
    assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in phones)
    assert len({phone[-4:] for phone in phones}) == 400
    assert {row[0] for row in made("SELECT DISTINCT language FROM customers")} == {"zh", "en"}


def test_things_that_go_together_are_bought_together(made):
    together = dict.fromkeys(
        (row[:2] for row in made(
            "SELECT a.product_id, b.product_id FROM interactions a JOIN interactions b "
            "ON a.basket = b.basket AND a.product_id <> b.product_id")), True)  # fmt: skip
    pairs = [
        (product, other)
        for product, others in made("SELECT id, goes_with FROM products")
        for other in json.loads(others)
    ]
    share = sum(pair in together for pair in pairs) / len(pairs)
    products = [row[0] for row in made("SELECT id FROM products")]
    chance = len(together) / (len(products) * (len(products) - 1))
    assert share > 5 * chance


def test_popular_products_are_bought_more(made):
    rows = made(
        "SELECT popularity, (SELECT count(*) FROM interactions WHERE kind = 'purchase' "
        "AND product_id = products.id) FROM products ORDER BY popularity"
    )
    third = len(rows) // 3
    assert sum(row[1] for row in rows[-third:]) > 2 * sum(row[1] for row in rows[:third])


def test_demo_orders_are_as_the_file_says(made):
    demo = yaml.safe_load((ROOT / "data/shop/demo_orders.yml").read_text())
    states = dict(made("SELECT number, status FROM orders"))
    assert {one["number"]: one["status"] for one in demo["orders"]}.items() <= states.items()
    phones = dict(made("SELECT id, phone FROM customers"))
    for customer in demo["customers"]:
        assert phones[customer["id"]] == customer["phone"]
    numbers = tuple(one["number"] for one in demo["orders"])
    mine = made(f"SELECT number FROM orders WHERE customer_id IN ('C10001', 'C10002')")  # noqa: F541
    assert {row[0] for row in mine} == set(numbers)


def test_the_same_files_and_day_give_the_same_shop_and_another_run_does_nothing(
    run_backends, small_data, tmp_path
):
    first, second = tmp_path / "a.db", tmp_path / "b.db"
    data = {"XIAOER_SHOP_DATA": str(small_data)}
    for path in (first, second):
        done = run_backends("seed", "--today", TODAY, env={**url(path), **data})
        assert done.returncode == 0, done.stderr
        assert f"as of {TODAY}" in done.stdout
    assert content(first) == content(second)
    with closing(sqlite3.connect(first)) as connection, connection:
        connection.execute("DELETE FROM orders WHERE 0")
        connection.execute("UPDATE customers SET name = 'Touched'")
    again = run_backends("seed", env={**url(first), **data})
    assert "already" in again.stdout
    assert TODAY in again.stdout
    assert content(first) != content(second)
    reset = run_backends("seed", "--reset", "--today", TODAY, env={**url(first), **data})
    assert reset.returncode == 0, reset.stderr
    assert content(first) == content(second)


def test_changed_products_are_renewed_and_orders_stay(run_backends, small_data, tmp_path):
    path, folder = tmp_path / "shop.db", tmp_path / "shop"
    shutil.copytree(small_data, folder)
    env = {**url(path), "XIAOER_SHOP_DATA": str(folder)}
    assert run_backends("seed", env=env).returncode == 0
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE customers SET name = 'Kept'")
    file = folder / "products" / "phones.yml"
    file.write_text(file.read_text().replace("price: 2999", "price: 2888", 1))
    assert "products were renewed" in run_backends("seed", env=env).stdout
    with closing(sqlite3.connect(path)) as connection:
        prices = connection.execute("SELECT price_fen FROM products WHERE id = 'PH-1001'")
        assert prices.fetchall() == [(288_800,)]
        names = connection.execute("SELECT DISTINCT name FROM customers")
        assert names.fetchall() == [("Kept",)]
    people = folder / "people.yml"
    people.write_text(people.read_text().replace("知夏", "初夏"))
    done = run_backends("seed", env=env)
    assert f"as of {date.today().year}" in done.stdout
    people.write_text("names: [")
    refused = run_backends("seed", env=env)
    assert refused.returncode == 1
    assert "people.yml is not valid YAML" in refused.stderr
    assert "Traceback" not in refused.stderr
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchall() == [(1500,)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"customer": "C99999"}, "names an unknown customer"),
        ({"items": [{"product": "ZZ-9999"}]}, "is no product"),
        ({"items": [{"product": "PH-1001", "options": {"color": "plaid"}}]}, "does not have"),
        ({"status": "lost"}, "status"),
        ({"returned": "closed"}, "was not delivered"),
        ({"refund": "processing"}, "nothing to refund"),
    ],
)
def test_a_mistake_in_the_demo_orders_is_one_sentence(
    run_backends, small_data, tmp_path, change, words
):
    folder = tmp_path / "shop"
    shutil.copytree(small_data, folder)
    demo = yaml.safe_load((folder / "demo_orders.yml").read_text())
    demo["orders"][0].update(change)
    (folder / "demo_orders.yml").write_text(yaml.safe_dump(demo, allow_unicode=True))
    env = {**url(tmp_path / "shop.db"), "XIAOER_SHOP_DATA": str(folder)}
    done = run_backends("seed", env=env)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
