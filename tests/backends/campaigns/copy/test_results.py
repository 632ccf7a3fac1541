"""What came of copy, and how much it weighs."""

import shutil

from hypothesis import given
from hypothesis import strategies as st

from backends.campaigns.copy.results import Result, results, weights
from backends.db import Database


async def test_a_shop_without_outreach_has_no_results(catalogue, tmp_path):
    path = shutil.copy(catalogue, tmp_path / "shop.db")
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with database.read() as session:
        assert await results(session) == {}
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE outreach_sends")
    async with database.read() as session:
        assert await results(session) == {}
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TABLE outreach_sends (arm TEXT, state TEXT, ordered_at TEXT)"
        )
        await connection.exec_driver_sql(
            "INSERT INTO outreach_sends VALUES ('CP1', 'sent', '2026-11-26'), ('CP1', 'sent', NULL), "
            "('CP1', 'failed', NULL), ('CP2', 'sent', NULL), (NULL, 'sent', NULL)"
        )
    async with database.read() as session:
        assert await results(session) == {"CP1": Result(2, 1), "CP2": Result(1, 0)}
    await database.close()


def test_what_sold_more_weighs_more_and_a_few_sends_prove_little():
    found = weights({"a": Result(1000, 100), "b": Result(1000, 20), "c": Result(1, 1)})
    assert found["a"] > 1 > found["b"]
    assert 1 < found["c"] < found["a"]


@given(
    st.dictionaries(st.text(min_size=1), st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)))
)
def test_weights_are_bounded(counts):
    found = {name: Result(sent, min(sent, ordered)) for name, (sent, ordered) in counts.items()}
    assert all(0.5 <= weight <= 2 for weight in weights(found).values())
