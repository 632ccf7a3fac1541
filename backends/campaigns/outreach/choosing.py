"""Which copy a customer gets: the experiment's arm, or what fits their language and channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.approved import ApprovedCopy, approved
from backends.campaigns.experiments.service import assign
from backends.errors import ApiError


class NoCopy(Exception):
    """There is nothing to send; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def choose(
    session: AsyncSession,
    copies: Sequence[str],
    experiment: str | None,
    customer_id: str,
    language: str,
    channel: str,
    moment: datetime,
    *,
    already: str | None = None,
) -> ApprovedCopy | None:
    """The copy for a customer, approved at this moment; None for one who is held out.

    Args:
        session: a write session.
        copies: references of the outreach's copy.
        experiment: of which the customer is a unit, if any.
        customer_id, language, channel: who, and where.
        moment: when.
        already: the arm of an earlier try, which must not change.

    Raises:
        NoCopy: ``copy``: none is approved now; ``experiment``: it does not give arms now.
    """
    wanted: Sequence[str] = copies
    if already is not None:
        wanted = [already]
    elif experiment is not None:
        try:
            assigned = await assign(session, experiment, customer_id, None, moment)
        except ApiError:
            raise NoCopy("experiment") from None
        if not assigned.arm:
            return None
        wanted = [assigned.arm]
    found = [one for each in wanted if (one := await approved_now(session, each)) is not None]
    if not found:
        raise NoCopy("copy")
    return fitting(found, language, channel)


async def approved_now(session: AsyncSession, reference: str) -> ApprovedCopy | None:
    """One variant, if it is approved and has not expired."""
    try:
        return (await approved(session, [reference]))[0]
    except ApiError:
        return None


def fitting(copies: Sequence[ApprovedCopy], language: str, channel: str) -> ApprovedCopy:
    """The first that fits language and channel, else the language, else the channel, else any."""

    def misfit(one: ApprovedCopy) -> tuple[bool, bool]:
        return one.language != language, one.channel not in ("", channel)

    return min(copies, key=misfit)
