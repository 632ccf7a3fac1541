"""The daily figures as CSV, line by line."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from backends.insights.measures import sums
from backends.insights.measures.definitions import measures
from backends.insights.measures.filters import Filters
from backends.insights.measures.values import Value, values_of

_GROUP = ("day", "channel", "language", "model")
#: How many days are read at a time.
_DAYS = 31
#: What a spreadsheet would take as the beginning of a formula.
_FORMULA = tuple("=+-@\t\r")


async def csv_lines(session: AsyncSession, filters: Filters) -> AsyncIterator[str]:
    """Yield a header, then a line for each day and each channel, language and model of it.

    Of each measure there are the value, empty when it is a share of nothing, and ``…_of``, what it
    is of; stickiness, which has no parts, is not among them. All lines are of the one segment of
    the filters, or of everybody.
    """
    names = [name for name in measures() if name != "stickiness"]
    yield _line([*_GROUP, "segment", *(part for name in names for part in (name, f"{name}_of"))])
    first = filters.first
    while first <= filters.last:
        last = min(first + timedelta(days=_DAYS - 1), filters.last)
        found = await sums.read(session, replace(filters, first=first, last=last), _GROUP)
        for group in sorted(found):
            values = values_of(found[group], None)
            day, *texts = group
            yield _line(
                [
                    day.isoformat(),
                    *map(_safe, texts),
                    _safe(filters.segment),
                    *(part for name in names for part in _cells(values[name])),
                ]
            )
        first = last + timedelta(days=1)
        await asyncio.sleep(0)


def _cells(value: Value) -> tuple[str, str]:
    shown = "" if value.value is None else f"{round(value.value, 6):.15g}"
    return shown, str(value.of)


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
