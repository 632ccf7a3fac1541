"""Import of history: what is good is kept once, what is bad is told by line."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timezone

import pytest

from tests.backends.postgres import execute, new_database

HEADER = "customer_id,product_id,kind,stars,at,basket"


@pytest.fixture
def database(seeded_database, tmp_path):
    """A seeded database of the test's own, in which nothing was viewed, bought or rated."""
    path = shutil.copy(seeded_database, tmp_path / "shop.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM interactions")
        connection.execute("DELETE FROM ratings")
    return path


@pytest.fixture
def rows(database):
    """A function that runs SQL on it."""

    def run(statement, *values):
        with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    return run


@pytest.fixture
def bring(database, tmp_path, run_backends):
    """A function that imports a file of some content by the command."""

    def run(name, content, *arguments):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        env = {"DATABASE_URL": f"sqlite+aiosqlite:///{database}"}
        return run_backends("recommend", "import", str(path), *arguments, env=env)

    return run


def table(*lines):
    return "\n".join([HEADER, *lines]) + "\n"


INTERACTIONS = (
    "SELECT customer_id, product_id, kind, basket, at, channel, sender FROM interactions "
    "ORDER BY at, product_id"
)
RATINGS = "SELECT customer_id, product_id, stars, at FROM ratings ORDER BY customer_id, product_id"


def test_each_kind_of_row(bring, rows):
    sku, product = rows("SELECT sku, product_id FROM variants ORDER BY sku LIMIT 1")[0]
    done = bring(
        "history.csv",
        table(
            f"C00001,{product},view,,2026-01-01T08:00:00+08:00,",
            f"C00001,{sku},click,,2026-01-01 09:00,",
            f"C00001,{sku.lower()},CART,,2026-01-01T10:00:00Z,a basket is of purchases alone",
            f" C00002 , {product} ,purchase,,20260102,A-1",
            f"C00002,{product},rating,4,2026-01-03T00:00:00.25Z,",
        ),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Imported 4 interactions and 1 ratings; 0 rows were known already, 0 left out."
    ]
    moments = ["01 00:00:00.0", "01 09:00:00.0", "01 10:00:00.0", "02 00:00:00.0"]
    assert rows(INTERACTIONS) == [
        (customer, product, kind, basket, f"2026-01-{moment}00000", None, None)
        for customer, kind, basket, moment in zip(
            ["C00001", "C00001", "C00001", "C00002"],
            ["view", "click", "cart", "purchase"],
            [None, None, None, "A-1"],
            moments,
            strict=True,
        )
    ]
    assert rows(RATINGS) == [("C00002", product, 4, "2026-01-03 00:00:00.250000")]


def test_bad_rows_are_named_and_the_others_kept_once(bring, rows):
    rows(
        "INSERT INTO customers SELECT 'erased', name, language, '', created_at FROM customers "
        "WHERE id = 'C00001'"
    )
    product = rows("SELECT min(id) FROM products")[0][0]
    good = f"C00001,{product},view,,2026-01-01,"
    content = table(
        good,
        f"C99999,{product},view,,2026-01-01,",
        "C00001,XX-1,view,,2026-01-01,",
        f"C00001,{product},stare,,2026-01-01,",
        f"C00001,{product},rating,6,2026-01-01,",
        f"C00001,{product},rating,,2026-01-01,",
        f"C00001,{product},view,3,2026-01-01,",
        f"C00001,{product},view,,2999-01-01,",
        f"C00001,{product},view,,yesterday,",
        "",
        f"erased,{product},view,,2026-01-01,",
        f",{product},view,,2026-01-01,",
        f"C00001,{product},purchase,,2026-01-01,{'B' * 41}",
        f"C00001,{product},view,,2026-01-01,,,",
        good,
        f"C00001,{product},view,,2026-01-01T00:00:00Z,",
    )
    done = bring("history.csv", content)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        f"history.csv line {line}: {what}"
        for line, what in (
            (3, "there is no customer 'C99999'."),
            (4, "there is no product 'XX-1'."),
            (5, "kind 'stare' is none of view, click, cart, purchase and rating."),
            (6, "stars '6' is no whole number from 1 to 5."),
            (7, "stars is missing."),
            (8, "a view has no stars: they belong to kind rating."),
            (9, "at '2999-01-01' lies in the future."),
            (10, "at 'yesterday' is no moment such as 2026-05-01T14:30:00+08:00."),
            (12, "there is no customer 'erased'."),
            (13, "customer_id is missing."),
            (14, "basket has more than 40 characters, or some that cannot be shown."),
            (15, "it has 8 fields, the header has 6."),
        )
    ]
    assert "1 interactions and 0 ratings; 2 rows were known already, 12 left out" in done.stdout
    assert len(rows(INTERACTIONS)) == 1
    again = bring("history.csv", content)
    assert again.returncode == 0
    assert "0 interactions and 0 ratings; 3 rows were known already" in again.stdout
    assert len(rows(INTERACTIONS)) == 1


def test_a_later_rating_takes_the_place_of_the_former(bring, rows):
    one, two = (row[0] for row in rows("SELECT id FROM products ORDER BY id LIMIT 2"))
    for customer, product, year in (
        ("C00001", one, 2025),
        ("C00001", two, 2026),
        ("C00003", one, 2025),
    ):
        rows(
            "INSERT INTO ratings (customer_id, product_id, stars, at) VALUES (?, ?, 1, ?)",
            customer,
            product,
            f"{year}-06-01 00:00:00.000000",
        )
    done = bring(
        "ratings.tsv",
        table(
            f"C00001,{one},rating,5,2026-02-01,",
            f"C00001,{one},rating,2,2026-01-01,",
            f"C00001,{two},rating,5,2026-02-01,",
            f"C00002,{one},rating,3,2026-01-01,",
            f"C00002,{one},rating,4,2026-01-01,",
        ).replace(",", "\t"),
    )
    assert "0 interactions and 2 ratings; 3 rows were known already" in done.stdout
    expected = [
        ("C00001", one, 5, "2026-02-01 00:00:00.000000"),
        ("C00001", two, 1, "2026-06-01 00:00:00.000000"),
        # Of two at one moment that which stands further down.
        ("C00002", one, 4, "2026-01-01 00:00:00.000000"),
        ("C00003", one, 1, "2025-06-01 00:00:00.000000"),
    ]
    assert rows(RATINGS) == expected
    # What is known stays before another one of the same moment.
    earlier = table(
        f"C00001,{one},rating,1,2026-01-15,",
        f"C00003,{one},rating,2,2026-01-01,",
        *[""] * 20,
        f"C00002,{one},rating,1,2026-01-01,",
    )
    assert "1 ratings; 2 rows were known already" in bring("earlier.csv", earlier).stdout
    expected[3] = ("C00003", one, 2, "2026-01-01 00:00:00.000000")
    assert rows(RATINGS) == expected


def test_json_lines_in_another_encoding(bring, rows):
    product = rows("SELECT min(id) FROM products")[0][0]
    base = {"customer_id": "C00001", "product_id": product, "at": "2026-01-01", "注": "二"}
    content = "\n".join(
        [
            json.dumps({**base, "kind": "rating", "stars": 5}, ensure_ascii=False),
            "",
            "no JSON",
            "[1]",
            json.dumps({**base, "kind": "rating", "stars": True}),
            json.dumps({**base, "kind": "purchase", "basket": "a\0b"}),
            json.dumps({**base, "kind": "purchase", "basket": 17, "stars": None}),
        ]
    ).encode("gb18030")
    done = bring("history.jsonl", content, "--encoding", "gb18030")
    assert done.returncode == 0
    assert [line.split(" line ")[1][:1] for line in done.stderr.splitlines()] == list("3456")
    assert rows(RATINGS)[0][:3] == ("C00001", product, 5)
    assert rows(INTERACTIONS)[0][:4] == ("C00001", product, "purchase", "17")


def test_nothing_usable_ends_with_1(bring):
    done = bring("history.csv", table("C99999,XX,view,,2026-01-01,"))
    assert done.returncode == 1
    assert "0 interactions and 0 ratings" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_file_that_ends_badly_brings_nothing(bring, rows):
    """All or nothing where the file itself, not a row of it, is at fault."""
    product = rows("SELECT min(id) FROM products")[0][0]
    good = table(*([f"C00001,{product},view,,2026-01-01,"] * 6000))
    done = bring("history.csv", good.encode() + b"\xff\xfe")
    assert done.returncode == 1
    assert done.stderr.startswith("history.csv is not utf-8 text (somewhere after line ")
    assert "name its encoding with --encoding" in done.stderr
    assert rows(INTERACTIONS) == []


def test_a_locked_database_is_told(bring, rows, database):
    product = rows("SELECT min(id) FROM products")[0][0]
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = bring("history.csv", table(f"C00001,{product},view,,2026-01-01,"))
    assert done.returncode == 1
    assert done.stderr.startswith("The shop's database is locked")
    assert rows(INTERACTIONS) == []


@pytest.mark.service
def test_on_postgresql(run_backends, tmp_path):
    """The same statements on the other database: once, the latest, and all of it."""
    with new_database() as url:
        assert run_backends("migrate", env={"DATABASE_URL": url}).returncode == 0
        for statement in (
            "INSERT INTO customers SELECT 'C'||n, 'A', 'zh', 'p'||n, now() "
            "FROM generate_series(1, 3) n",
            "INSERT INTO categories VALUES ('c', 1, 'a', 'a', '{}')",
            "INSERT INTO brands VALUES ('b', 'a', 'a', '[]')",
            "INSERT INTO products SELECT 'P'||n, 'c', 'b', '', '', '[]', '', '', '', '', 1, NULL, "
            "'[]', NULL, '[]', now(), 0 FROM generate_series(1, 3) n",
            "INSERT INTO ratings (customer_id, product_id, stars, at) VALUES "
            "('C1', 'P1', 1, '2025-01-01Z'), ('C1', 'P2', 1, '2026-06-01Z')",
        ):
            execute(statement, url)
        path = tmp_path / "history.csv"
        views = [
            f"C{at % 3 + 1},P{at % 2 + 1},view,,2026-01-01T00:{at % 50:02}," for at in range(5000)
        ]
        path.write_text(
            table(
                *views,
                "C1,P3,purchase,,2026-01-02T08:00:00+08:00,A-1",
                "C1,P1,rating,5,2026-02-01,",
                "C1,P1,rating,4,2026-01-01,",
                "C1,P2,rating,5,2026-02-01,",
                "C4,P1,view,,2026-01-01,",
            )
        )
        counts = []
        for _ in range(2):
            done = run_backends("recommend", "import", str(path), env={"DATABASE_URL": url})
            assert done.returncode == 0, done.stderr
            assert "line 5006: there is no customer 'C4'." in done.stderr
            counts.append(done.stdout.split(";")[0])
        distinct = len(set(views)) + 1
        assert counts[0] == f"Imported {distinct} interactions and 1 ratings"
        assert counts[1] == "Imported 0 interactions and 0 ratings"
        found = execute("SELECT basket, at FROM interactions WHERE kind = 'purchase'", url)
        assert found == [("A-1", datetime(2026, 1, 2, tzinfo=timezone.utc))]
        stars = execute("SELECT product_id, stars FROM ratings ORDER BY product_id", url)
        assert stars == [("P1", 5), ("P2", 1)]
