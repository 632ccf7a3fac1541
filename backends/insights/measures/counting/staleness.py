"""Which days must be summed anew: what is written down of changes, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete, exists, false, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.insights.events.models import Conversation
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.parts import PARTS, SPREADS, Part
from backends.insights.measures.models import StaleDay

#: How many changes are looked at in one transaction.
_MOST = 20_000
_AT_ONCE = 5000
_LAST = date(8999, 12, 31)


async def is_anything_stale(session: AsyncSession, parts: Sequence[Part] = PARTS) -> bool:
    """Whether there is anything to do for some parts, or any change not yet looked at."""
    others = [part.mark for part in PARTS if part not in parts]
    marked = exists().where(StaleDay.what.not_in(others))
    uncounted = exists().where(Conversation.counted == false())
    return bool((await session.execute(select(marked | uncounted))).scalar_one())


async def spread(session: AsyncSession, today: date) -> bool:
    """Turn changes into days whose sums are stale.

    Args:
        session: a write session.
        today: days of other people's figures that have not come yet are left out.

    Returns:
        Whether there were so many changes that some are left.
    """
    rows = await session.execute(
        select(StaleDay.id, StaleDay.what, StaleDay.day)
        .where(StaleDay.what.in_(list(SPREADS)))
        .order_by(StaleDay.id)
        .limit(_MOST)
    )
    changes = rows.all()
    uncounted = await _take_uncounted(session)
    changed = {(what, day) for _, what, day in changes}
    changed |= {("conversations", day) for day in uncounted}
    # By their ids: what others write meanwhile is not looked at yet, and stays.
    await _remove(session, [id for id, _, _ in changes])
    await mark(session, _spread(changed, today))
    return _MOST in (len(changes), len(uncounted))


async def _take_uncounted(session: AsyncSession) -> list[date]:
    """Say of conversations that they are counted, and return the days that must be."""
    rows = await session.execute(
        select(Conversation.id, Conversation.started_at)
        .where(Conversation.counted == false())
        .order_by(Conversation.id)
        .limit(_MOST)
        # What another is just writing is left for the next time, rather than waited for.
        .with_for_update(skip_locked=True)
    )
    found = rows.all()
    ids = [id for id, _ in found]
    for start in range(0, len(ids), _AT_ONCE):
        await session.execute(
            update(Conversation)
            .where(Conversation.id.in_(ids[start : start + _AT_ONCE]))
            .values(counted=true())
            .execution_options(synchronize_session=False)
        )
    return [day_of(moment) for _, moment in found]


async def mark(session: AsyncSession, stale: Iterable[tuple[str, date]]) -> None:
    """Write down that sums are stale.

    Args:
        session: a write session.
        stale: names of parts and days.
    """
    marks = {part.name: part.mark for part in PARTS}
    rows = [{"what": marks[name], "day": day} for name, day in sorted(stale)]
    for start in range(0, len(rows), _AT_ONCE):
        await session.execute(insert(StaleDay.__table__), rows[start : start + _AT_ONCE])


async def stale_days(session: AsyncSession, part: Part) -> tuple[list[date], list[int]]:
    """The first stale days of a part that lie side by side, as many as are made at once.

    Returns:
        The days, and the ids of all that is written down of them.
    """
    rows = await session.execute(
        select(StaleDay.day).where(StaleDay.what == part.mark).distinct().order_by(StaleDay.day)
    )
    days: list[date] = []
    for day in rows.scalars():
        if len(days) == part.days or (days and (day - days[-1]).days > 1):
            break
        days.append(day)
    if not days:
        return [], []
    marks = await session.execute(
        select(StaleDay.id).where(
            StaleDay.what == part.mark, StaleDay.day.between(days[0], days[-1])
        )
    )
    return days, list(marks.scalars())


async def take(session: AsyncSession, ids: Sequence[int]) -> bool:
    """Take off what is written down of stale days; what came since stays.

    Returns:
        Whether all of it was still there. If not, another has made some of these days anew, maybe
        from newer data: nothing may be written then.
    """
    return await _remove(session, ids) == len(ids)


async def _remove(session: AsyncSession, ids: Sequence[int]) -> int:
    removed = 0
    for start in range(0, len(ids), _AT_ONCE):
        done = await session.execute(
            delete(StaleDay)
            .where(StaleDay.id.in_(ids[start : start + _AT_ONCE]))
            .execution_options(synchronize_session=False)
        )
        removed += done.rowcount
    return removed


def _spread(changed: Iterable[tuple[str, date]], today: date) -> set[tuple[str, date]]:
    found = set()
    for what, day in changed:
        for part, first, last in SPREADS[what]:
            for distance in range(first, last + 1):
                # Ordinals, since a clock that jumps may have come to the end of the calendar.
                ordinal = day.toordinal() + distance
                if 1 <= ordinal <= _LAST.toordinal():
                    stale = date.fromordinal(ordinal)
                    if part != "people" or stale <= max(today, day):
                        found.add((part, stale))
    return found
