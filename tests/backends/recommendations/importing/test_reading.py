"""Files as programs write them, and files as nobody should."""

import csv
import io
import json
import tracemalloc
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.errors import SetupError
from backends.recommendations.importing.checking import Event
from backends.recommendations.importing.reading import read_rows
from backends.recommendations.models import KINDS
from backends.rows import Problem, Row
from tests.backends.recommendations.importing.checking import CHECKER, NOW

HEADER = "customer_id,product_id,kind,stars,at,basket"


def read(path, encoding="utf-8"):
    """Events and problems of a file."""
    found = []
    for row in read_rows(path, encoding, lambda count: None):
        try:
            found.append(CHECKER.event(row) if isinstance(row, Row) else row)
        except ValueError as error:
            found.append(Problem(row.line, str(error)))
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_tables_as_programs_write_them(tmp_path, delimiter, end, encoding):
    stream = io.StringIO(newline="")
    lines = [
        ["AT", " Customer_ID", "kind", "product_id", "名"],
        ["2026-01-01T10:00:00", "C1", "view", "p1-red", "二\n行"],
        [],
        ["2026-01-02", "C2", "Purchase", "P2"],
    ]
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        lines
    )
    path = tmp_path / "history.csv"
    path.write_text(stream.getvalue(), encoding=encoding, newline="")
    at = [datetime(2026, 1, 1, 10, tzinfo=timezone.utc), datetime(2026, 1, 2, tzinfo=timezone.utc)]
    assert read(path, encoding) == [
        Event(2, "C1", "P1", "view", None, None, at[0]),
        Event(5, "C2", "P2", "purchase", None, None, at[1]),
    ]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "no column customer_id and no column product_id"),
        ("a.csv", b"customer_id,product_id,kind\n", "no column at"),
        ("a.csv", b'"customer_id\n', "cannot be read"),
        ("a.xlsx", b"", "is no .csv, .tsv or .jsonl file"),
        ("a.jsonl", b"\xff", "is not utf-8 text"),
        ("gone.csv", None, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, why):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError, match=why) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_an_encoding_that_is_none(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER)
    with pytest.raises(SetupError, match="no encoding called klingon"):
        read(path, "klingon")


ANYTHING = st.one_of(
    st.sampled_from(
        ["C1", "C2", "P1", "p1-red", "view", "rating", "5", "2026-01-01", "", "\0", '"']
    ),
    st.text(max_size=8),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(["csv", "tsv", "jsonl"]),
    content=st.one_of(
        st.lists(st.lists(ANYTHING, max_size=7).map(",".join), max_size=6).map("\n".join),
        st.lists(
            st.dictionaries(
                st.sampled_from(HEADER.split(",")),
                st.recursive(
                    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANYTHING),
                    lambda inner: st.lists(inner, max_size=2),
                    max_leaves=3,
                ),
            ).map(json.dumps),
            max_size=6,
        ).map("\n".join),
    ),
)
def test_whatever_stands_in_a_file(tmp_path, kind, content):
    """No row breaks the reading, and each that passes can be kept."""
    path = tmp_path / f"history.{kind}"
    header = "" if kind == "jsonl" else HEADER + "\n"
    path.write_text(header + content, encoding="utf-8", errors="replace", newline="")
    for found in read(path):
        if isinstance(found, Problem):
            assert found.line >= 1
            assert found.what.endswith(".")
            continue
        assert found.customer_id in {"C1", "C2"}
        assert found.product_id in {"P1", "P2"}
        assert (found.kind == "rating") == (found.stars in {1, 2, 3, 4, 5})
        assert found.kind in {*KINDS, "rating"}
        assert found.basket is None or (found.kind == "purchase" and found.basket.isprintable())
        assert found.at <= NOW


def test_a_long_file_is_not_held_in_memory(tmp_path):
    path = tmp_path / "long.csv"
    line = "C1,P1,view,,2026-01-01T10:00:00,\n"
    path.write_text(HEADER + "\n" + line * 60_000)
    read_bytes = []
    tracemalloc.start()
    count = sum(1 for _ in read_rows(path, "utf-8", read_bytes.append))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_000
    assert sum(read_bytes) == path.stat().st_size
    assert peak < path.stat().st_size / 4
