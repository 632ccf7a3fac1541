"""The report on groups: right figures, small groups left out, an injustice found."""

import csv
import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.customers.groups.measure import FEWEST, Measure, compare
from backends.customers.groups.reading import read_groups
from backends.customers.groups.recommended import Shown, catalogue_shown, recommendation_measures
from backends.setup_error import SetupError


def rate(better="higher", **groups):
    """A rate, given yes and no by group, and who is in which."""
    observations, members = [], {}
    for name, (yes, no) in groups.items():
        for at in range(yes + no):
            members[f"{name}{at}"] = name
            observations.append((f"{name}{at}", float(at < yes)))
    return Measure("a rate", "share", better, observations), members


def test_a_rate_has_wilsons_interval_and_its_ratio_to_the_best():
    best, worse = compare(*rate(a=(18, 2), b=(10, 10)))
    assert (best.customers, best.count, best.value, best.ratio) == (20, 20, 0.9, 1.0)
    # Of 18 in 20, as the field's tables give it.
    assert (round(best.low, 4), round(best.high, 4)) == (0.699, 0.9721)
    assert worse.ratio == pytest.approx(0.5 / 0.9)
    assert worse.below_four_fifths
    assert not worse.apart, "the intervals overlap"


def test_where_less_is_better_the_least_is_the_best():
    more, less = compare(*rate("lower", a=(150, 50), b=(50, 150)))
    assert (less.ratio, more.ratio) == (1.0, pytest.approx(1 / 3))
    assert more.below_four_fifths
    assert more.apart


@given(st.integers(0, FEWEST - 1), st.integers(0, 40))
def test_small_groups_are_left_out(few, yes):
    figures = compare(*rate(small=(few, 0), large=(yes, 40 - yes)))
    assert [one.group for one in figures] == ["large"]


def test_many_observations_of_few_customers_are_a_small_group():
    one = Measure("a rate", "share", "higher", [("somebody", 1.0)] * 100)
    assert compare(one, {"somebody": "a"}) == []


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 60), st.integers(10, 60))))
def test_each_share_lies_in_its_interval_and_no_ratio_is_above_one(groups):
    for one in compare(*rate(**groups)):
        assert 0 <= one.low <= one.value <= one.high <= 1
        assert one.ratio is not None
        assert 0 <= one.ratio <= 1


def test_a_mean_has_students_interval():
    values = [1.0, 2.0, 3.0, 4.0, 5.0] * 2
    members = {str(at): "a" for at in range(10)}
    measure = Measure("m", "days", "lower", list(zip(members, values, strict=True)))
    (figure,) = compare(measure, members)
    # 3 and 2.262 (t, 9 degrees of freedom) times 1.4907 / sqrt(10).
    assert (round(figure.low, 3), round(figure.high, 3)) == (1.934, 4.066)


def shown_to(count, products, reason="popular"):
    return {
        f"{reason}{at}": [Shown(f"P{(at + k) % products}", 10.0, reason) for k in range(2)]
        for at in range(count)
    }


def test_personal_reasons_and_dearer_goods_are_measured():
    shown = {**shown_to(12, 3), **shown_to(12, 3, "because_you_bought")}
    groups = {customer: customer.rstrip("0123456789") for customer in shown}
    personal, dearer = recommendation_measures(shown, dict.fromkeys(shown, 5.0))
    assert {one.group: one.value for one in compare(personal, groups)} == {
        "because_you_bought": 1.0, "popular": 0.0
    }  # fmt: skip
    assert {one.value for one in compare(dearer, groups)} == {2.0}


def test_a_larger_group_is_not_shown_more_by_its_size():
    shown = {**shown_to(100, 10), **shown_to(20, 10, "new")}
    groups = {customer: customer.rstrip("0123456789") for customer in shown}
    assert all(one.ratio > 0.9 for one in catalogue_shown(shown, groups, 10))
    assert [one.group for one in catalogue_shown(shown_to(9, 3), groups, 10)] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,group\nC1,a\n", "must begin with the line customer_id,group"),
        ("", "must begin with the line"),
        ("customer_id,group\n", "names no customer"),
        ("customer_id,group\nC1\n", "line 2: give a customer id and a group"),
        ("customer_id,group\nC1,\n", "line 2"),
        ("customer_id,group\nC1," + "g" * 41, "at most 40 characters"),
        ("customer_id,group\nC1,a\nC1,b\n", "line 3: C1 is in two groups"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path, content, words):
    path = tmp_path / "groups.csv"
    path.write_text(content)
    with pytest.raises(SetupError, match=words):
        read_groups(path)


def test_a_file_that_is_none_is_told(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        read_groups(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"customer_id,group\n\xff\xfe")
    with pytest.raises(SetupError, match="UTF-8"):
        read_groups(tmp_path / "bytes.csv")


@pytest.fixture
def unfair(seeded_database, tmp_path):
    """A database in which the returns of one half of the customers are refused."""
    path = shutil.copy(seeded_database, tmp_path / "shop.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE returns SET status = CASE WHEN (SELECT substr(customer_id, -1) FROM orders "
            "WHERE number = order_number) < '5' THEN 'rejected' ELSE 'closed' END"
        )
        customers = [row[0] for row in connection.execute("SELECT id FROM customers ORDER BY id")]
    file = tmp_path / "groups.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["customer_id", "group"])
        rows.writerows([one, "low" if one[-1] < "5" else "high"] for one in customers)
        rows.writerow(["C99999", "low"])
    return {"DATABASE_URL": f"sqlite+aiosqlite:///{path}"}, file


def test_an_injustice_is_found_and_nothing_is_stored(run_backends, unfair, tmp_path):
    env, file = unfair
    before = (tmp_path / "shop.db").read_bytes()
    arguments = ("customers", "groups", "--groups", str(file), "--customers", "0")
    shown = run_backends(*arguments, env=env)
    assert shown.returncode == 0, shown.stderr
    assert "Groups by groups.csv" in shown.stdout
    done = run_backends(*arguments, "--json", env=env)
    tables = {(one["kind"], one["measure"]): one["figures"] for one in json.loads(done.stdout)}
    high, low = tables["groups.csv", "returns approved"]
    assert (high["value"], low["value"], low["ratio"], low["apart"]) == (1.0, 0.0, 0.0, True)
    assert {one["group"] for one in tables["language", "returns approved"]} == {"en", "zh"}
    assert all(one["ratio"] > 0.9 for one in tables["groups.csv", "days to delivery"])
    assert (tmp_path / "shop.db").read_bytes() == before


def test_recommendations_are_asked_of_the_running_service(run_backends, own_shop):
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{own_shop.database}"}
    arguments = ("customers", "groups", "--url", own_shop.url, "--customers", "60", "--json")
    done = run_backends(*arguments, env=env)
    assert done.returncode == 0, done.stderr
    tables = {one["measure"]: one["figures"] for one in json.loads(done.stdout)}
    personal = tables["recommended for a personal reason"]
    assert {one["group"] for one in personal} == {"en", "zh"}
    assert sum(one["customers"] for one in personal) == 60
    assert sum(one["count"] for one in personal) == 600
    for one in tables["catalogue shown"]:
        assert 0 < one["low"] <= one["value"] <= one["high"] <= 1
    assert all(one["value"] > 0 for one in tables["price recommended / price paid"])


def test_a_service_that_is_down_is_told(run_backends, seeded_database, free_port):
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{seeded_database}"}
    done = run_backends("customers", "groups", "--url", f"http://127.0.0.1:{free_port()}", env=env)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_command_erases_and_refuses(run_backends, seeded_database, tmp_path):
    path = shutil.copy(seeded_database, tmp_path / "shop.db")
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{path}"}
    with closing(sqlite3.connect(path)) as connection:
        idle, busy = (
            connection.execute(
                "SELECT id FROM customers WHERE id NOT LIKE 'C1000_' AND "
                f"{word} EXISTS (SELECT 1 FROM orders WHERE customer_id = id "
                "AND status NOT IN ('completed', 'cancelled')) LIMIT 1"
            ).fetchone()[0]
            for word in ("NOT", "")
        )
    done = run_backends("customers", "erase", idle, env=env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["removed"]["customers"] == 1
    refused = run_backends("customers", "erase", busy, env=env)
    assert refused.returncode == 1
    assert "Open: order XD" in refused.stderr
    unknown = run_backends("customers", "erase", "C99999", env=env)
    assert (unknown.returncode, unknown.stderr) == (1, "There is no such customer.\n")
