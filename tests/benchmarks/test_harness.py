"""The harness reads targets, writes JSON and decides the exit code."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.harness import Figure, parser, report


@given(st.floats(-1e6, 1e6), st.integers(-1000, 1000))
def test_met_follows_the_target(value: float, bound: int) -> None:
    assert Figure("f", value, "s", target=f">= {bound}").met is (value >= bound)
    assert Figure("f", value, "s", target=f"<= {bound}").met is (value <= bound)


def test_no_target_is_neither_met_nor_missed() -> None:
    assert Figure("f", 1.0, "s").met is None


def test_a_value_that_was_not_measured_misses_its_target() -> None:
    assert Figure("f", None, "s", target="<= 1").met is False


def test_a_malformed_target_is_refused() -> None:
    with pytest.raises(ValueError, match="'>= x' or '<= x'"):
        _ = Figure("f", 1.0, "s", target="about 3").met


@pytest.mark.parametrize(("check", "code"), [([], 0), (["--check"], 1)])
def test_report_writes_json_and_checks(tmp_path, capsys, check, code) -> None:
    out = tmp_path / "figures.json"
    options = parser("").parse_args(["--out", str(out), *check])
    figures = [
        Figure("good", 1.0, "s", peer=2.0, target="<= 1"),
        Figure("bad", 2.0, "s", target="<= 1"),
    ]

    assert report("demo", figures, options) == code

    document = json.loads(out.read_text())
    assert document["benchmark"] == "demo"
    assert [figure["met"] for figure in document["figures"]] == [True, False]
    assert {"commit", "machine", "seed"} <= document.keys()
    assert "Not met: bad." in capsys.readouterr().err
