"""Numbers added up by the key of a daily table, and written in the place of those before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from backends.insights.measures.models import EVERYBODY, KEY, NO_SEGMENT
from backends.insights.measures.sums import columns_of

Key = tuple[Any, ...]
_AT_ONCE = 500


class Made(Protocol):
    """Sums that have been made and are not written yet."""

    async def replace(self, session: AsyncSession, first: date, last: date) -> None:
        """Write them in the place of all that there is of some days."""


class Tally:
    """Adds up rows of a daily table.

    Args:
        kind: the table's model.
    """

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._names = columns_of(kind)
        self._sums: dict[Key, list[int]] = {}

    def add(
        self,
        day: date,
        channel: str,
        language: str,
        model: str,
        segments: Sequence[str],
        numbers: Sequence[int],
        *further: Any,
    ) -> None:
        """Add numbers, once for everybody and once for each segment.

        Args:
            day, channel, language, model: what they are of.
            segments: that the person is in.
            numbers: in the order of the table's columns.
            further: the columns of the key that only this table has.
        """
        for segment in (EVERYBODY, *(segments or (NO_SEGMENT,))):
            key = (segment, day, channel, language, model, *further)
            sums = self._sums.get(key)
            if sums is None:
                self._sums[key] = list(numbers)
            else:
                for place, number in enumerate(numbers):
                    sums[place] += number

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """The rows, as they are stored."""
        keys = [*KEY, *(["intent"] if "intent" in self._kind.__table__.columns else [])]
        for key, sums in self._sums.items():
            yield {**dict(zip(keys, key, strict=True)), **dict(zip(self._names, sums, strict=True))}

    async def replace(self, session: AsyncSession, first: date, last: date) -> None:
        """Write the rows in the place of all that the table has of some days."""
        await replace_rows(session, self._kind, first, last, list(self.rows()))


async def replace_rows(
    session: AsyncSession, kind: Any, first: date, last: date, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write rows in the place of all that a table has of some days."""
    await session.execute(
        delete(kind)
        .where(kind.day.between(first, last))
        .execution_options(synchronize_session=False)
    )
    for start in range(0, len(rows), _AT_ONCE):
        await session.execute(insert(kind.__table__), rows[start : start + _AT_ONCE])
