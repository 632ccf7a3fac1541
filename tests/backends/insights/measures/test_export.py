"""The CSV adds up, and no spreadsheet takes its texts for formulas."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from backends.insights.measures import query
from backends.insights.measures.export import csv_lines
from backends.insights.measures.filters import Filters
from tests.backends.insights.measures.filled import FIRST, SOME


@pytest.mark.parametrize("chosen", SOME, ids=str)
async def test_csv_adds_up_to_the_overview(filled, chosen):
    filters = Filters(FIRST, FIRST + timedelta(days=70), **chosen)
    async with filled.read() as session:
        text = "".join([line async for line in csv_lines(session, filters)])
        overview = await query.overview(session, filters)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(
        {(row["day"], row["channel"], row["language"], row["model"]) for row in rows}
    ) == len(rows)
    for name in ("conversations", "csat", "recommendation_conversion", "campaign_revenue"):
        assert sum(int(row[f"{name}_of"]) for row in rows) == overview[name].of
        if name == "campaign_revenue":
            total = sum(float(row[name]) for row in rows)
            assert total == pytest.approx(overview[name].value)
