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

from backends.db import Database
from backends.errors import SetupError
from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN
from backends.seed.history import invent
from backends.seed.material import Demo, Messages, People, read
from backends.seed.run import Outcome, seed
from backends.seed.wares import read_wares
from backends.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 20)
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


@pytest.fixture
def shop_of(small_data, tmp_path):
    """A function that gives settings over a database of its own and a copy of the files."""

    def make(name="shop"):
        folder = tmp_path / name
        shutil.copytree(small_data, folder, dirs_exist_ok=True)
        return Settings(database_url=url(tmp_path / f"{name}.db")["DATABASE_URL"], shop_data=folder)

    return make


def rows(settings, statement):
    with closing(sqlite3.connect(settings.database_url.split(":///")[1])) as connection, connection:
        return connection.execute(statement).fetchall()


async def test_the_same_files_and_day_give_the_same_shop(shop_of, tmp_path):
    for name in ("a", "b"):
        assert await seed(shop_of(name), today=TODAY) == Outcome("everything", TODAY)
    assert content(tmp_path / "a.db") == content(tmp_path / "b.db")
    assert await seed(shop_of("b"), today=date(2026, 12, 31), number=7) == Outcome(
        "everything", date(2026, 12, 31)
    )
    assert content(tmp_path / "a.db") != content(tmp_path / "b.db")


async def test_another_run_does_nothing_until_told_to(shop_of):
    settings = shop_of()
    await seed(settings, today=TODAY)
    rows(settings, "UPDATE customers SET name = 'Touched'")
    assert await seed(settings) == Outcome("nothing", TODAY)
    assert rows(settings, "SELECT DISTINCT name FROM customers") == [("Touched",)]
    assert await seed(settings, reset=True, today=TODAY) == Outcome("everything", TODAY)
    assert rows(settings, "SELECT count(*) FROM customers WHERE name = 'Touched'") == [(0,)]


def test_another_run_of_the_command_says_that_there_is_nothing_to_do(run_backends, seeded_database):
    done = run_backends("seed", env=url(seeded_database))
    assert done.returncode == 0, done.stderr
    assert "already" in done.stdout
    assert done.stderr == ""


async def test_changed_products_are_renewed_and_orders_stay(shop_of):
    settings = shop_of()
    await seed(settings)
    rows(settings, "UPDATE customers SET name = 'Kept'")
    file = settings.shop_data / "products" / "phones.yml"
    file.write_text(file.read_text().replace("price: 2999", "price: 2888", 1))
    assert (await seed(settings)).done == "catalogue"
    assert rows(settings, "SELECT price_fen FROM products WHERE id = 'PH-1001'") == [(288_800,)]
    assert rows(settings, "SELECT DISTINCT name FROM customers") == [("Kept",)]
    people = settings.shop_data / "people.yml"
    people.write_text("names: [")
    with pytest.raises(SetupError, match=r"people\.yml is not valid YAML"):
        await seed(settings)
    assert rows(settings, "SELECT DISTINCT name FROM customers") == [("Kept",)]
    shutil.copy(ROOT / "data" / "shop" / "people.yml", people)
    people.write_text(people.read_text().replace("知夏", "初夏"))
    assert (await seed(settings)).done == "everything"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"customer": "C99999"}, "names an unknown customer"),
        ({"items": [{"product": "ZZ-9999"}]}, "is no product"),
        ({"items": [{"product": "PH-1001", "options": {"color": "plaid"}}]}, "does not have"),
        ({"returned": "closed"}, "was not delivered"),
        ({"refund": "processing"}, "nothing to refund"),
    ],
)
async def test_a_mistake_in_the_demo_orders_is_told(seeded_database, change, words):
    demo = read(ROOT / "data" / "shop", "demo_orders.yml", Demo)
    one = Demo.parse_obj({**demo.dict(), "orders": [{**demo.orders[0].dict(), **change}]})
    database = Database(url(seeded_database)["DATABASE_URL"])
    async with database.read() as session:
        wares = await read_wares(session)
    await database.close()
    people = read(ROOT / "data" / "shop", "people.yml", People)
    messages = read(ROOT / "data" / "shop", "messages.yml", Messages)
    with pytest.raises(SetupError, match=words):
        invent(wares, people, one, messages, 7, TODAY)


def test_a_mistake_in_the_form_of_a_file_names_file_and_field(tmp_path):
    (tmp_path / "demo_orders.yml").write_text("customers: []\norders: [{number: 5}]\n")
    with pytest.raises(SetupError, match=r"demo_orders.yml: orders.0.number"):
        read(tmp_path, "demo_orders.yml", Demo)
    with pytest.raises(SetupError, match=r"people\.yml cannot be read"):
        read(tmp_path, "people.yml", People)


def test_most_agree_to_a_profile_and_write_only_after_agreeing_to_that(made):
    said = dict(made("SELECT purpose, avg(given) * count(*) / 398 FROM consents GROUP BY purpose"))
    assert said["profile"] == pytest.approx(0.8, abs=0.06)
    assert said["messages"] == pytest.approx(0.6, abs=0.06)
    assert said["recommendations"] == 0
    assert made(
        "SELECT m.id FROM customer_messages m LEFT JOIN consents c ON c.given AND c.at <= m.at "
        "AND c.purpose = 'messages' AND c.customer_id = m.customer_id WHERE c.id IS NULL"
    ) == []  # fmt: skip
    assert made("SELECT id FROM customers WHERE id IN (SELECT customer_id FROM consents) "
                "AND id IN ('C10001', 'C10002')") == []  # fmt: skip


def test_what_customers_write_fits_what_they_do(made):
    """Who sent something back complains more; who pays more than most never asks for less."""
    back = "(SELECT customer_id FROM orders JOIN returns ON order_number = number)"
    complaints = "SELECT avg(sentiment = 'negative') FROM customer_messages WHERE customer_id"
    assert made(f"{complaints} IN {back}")[0][0] > 2 * made(f"{complaints} NOT IN {back}")[0][0]
    material = read(ROOT / "data" / "shop", "messages.yml", Messages)
    asks = [one.zh for one in material.messages["any"]["frugal"]]
    quoted = ", ".join(f"'{text}'" for text in asks)
    prices = made(
        "SELECT avg(price_fen) FROM order_items JOIN orders ON number = order_number GROUP BY "
        f"customer_id IN (SELECT customer_id FROM customer_messages WHERE text IN ({quoted}))"
    )
    assert prices[1] < prices[0]


def test_there_are_many_sentences_and_none_twice(made):
    material = read(ROOT / "data" / "shop", "messages.yml", Messages)
    sentences = [
        one for kinds in material.messages.values() for some in kinds.values() for one in some
    ]
    assert len(sentences) >= 60
    for texts in ([one.zh for one in sentences], [one.en for one in sentences]):
        assert len(set(texts)) == len(texts)
    categories = {row[0] for row in made("SELECT id FROM categories")}
    assert set(material.messages) == categories | {"any"}
