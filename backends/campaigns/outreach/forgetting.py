"""Outreaches that have served their time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.models import DONE, STOPPED, Outreach


async def forget_outreaches(session: AsyncSession, moment: datetime) -> None:
    """Delete those that ended before a moment, with whom they went to.

    The list of those who must not be written to is not forgotten: it is their wish.
    """
    await session.execute(
        delete(Outreach)
        .where(Outreach.state.in_((DONE, STOPPED)), Outreach.ended_at < moment)
        .execution_options(synchronize_session=False)
    )
