"""What a row may say of stars and moments."""

import pytest

from backends.rows import Row
from tests.backends.recommendations.importing.checking import CHECKER


@pytest.mark.parametrize(
    ("written", "stars"),
    [("1", 1), ("5.0", 5), (3, 3), (4.0, 4), ("0", None), ("5.5", None), (4.5, None), ("６", None)],
)
def test_stars(written, stars):
    row = Row(2, {"customer_id": "C1", "product_id": "P1", "kind": "rating", "stars": written})
    row.fields["at"] = "2026-01-01"
    if stars is None:
        with pytest.raises(ValueError, match=r"no whole number from 1 to 5\."):
            CHECKER.event(row)
    else:
        assert CHECKER.event(row).stars == stars


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+08:00", "2026-13-01", "1767225600", "2026-1-1"]
)
def test_moments_that_are_none(at):
    row = Row(2, {"customer_id": "C1", "product_id": "P1", "kind": "view", "at": at})
    with pytest.raises(ValueError, match="is no moment"):
        CHECKER.event(row)
