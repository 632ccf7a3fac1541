"""How many messages a channel still takes in this minute and on this day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.models import ChannelCount
from backends.campaigns.outreach.rules import Rules
from backends.clock import SHOP_TIME


async def take(session: AsyncSession, rules: Rules, channel: str, moment: datetime) -> bool:
    """Count one message, unless the channel takes no more now; the counter is held until the end.

    Args:
        session: a write session.
        rules: what the channel takes.
        channel: its name.
        moment: when.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    minute, day = _now(moment)
    await session.execute(
        insert(ChannelCount)
        .values(name=channel, minute=minute, in_minute=0, day=day, in_day=0)
        .on_conflict_do_nothing()
    )
    query = select(ChannelCount).where(ChannelCount.name == channel).with_for_update()
    count = (await session.execute(query.execution_options(populate_existing=True))).scalar_one()
    # A clock that goes back must not open the channel anew.
    if count.minute < minute:
        count.minute, count.in_minute = minute, 0
    if count.day < day:
        count.day, count.in_day = day, 0
    if _is_full(rules, count):
        return False
    count.in_minute += 1
    count.in_day += 1
    await session.flush()
    return True


async def full(session: AsyncSession, rules: Rules, moment: datetime) -> list[str]:
    """The channels that take no more in this minute or on this day."""
    minute, day = _now(moment)
    rows = await session.execute(
        select(ChannelCount).where(ChannelCount.name.in_(list(rules.channels)))
    )
    return [
        count.name
        for count in rows.scalars()
        if (count.minute >= minute and count.in_minute >= rules.channels[count.name].per_minute)
        or (count.day >= day and count.in_day >= rules.channels[count.name].per_day)
    ]


def _is_full(rules: Rules, count: ChannelCount) -> bool:
    channel = rules.channels[count.name]
    return count.in_minute >= channel.per_minute or count.in_day >= channel.per_day


def _now(moment: datetime) -> tuple[datetime, object]:
    return moment.replace(second=0, microsecond=0), moment.astimezone(SHOP_TIME).date()
