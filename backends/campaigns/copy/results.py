"""What came of approved copy, where it has been sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import column, func, inspect, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

_SENDS = table("outreach_sends", column("arm"), column("state"), column("ordered_at"))
#: Customers by whose worth the share of orders is drawn to the mean: few sends prove little.
_PRIOR = 100
#: A text counts at least and at most so much.
_LEAST, _MOST = 0.5, 2.0


@dataclass(frozen=True)
class Result:
    """What came of one variant.

    Attributes:
        sent: how many customers got it.
        ordered: how many of them ordered within the outreach's week.
    """

    sent: int
    ordered: int


async def results(session: AsyncSession) -> dict[str, Result]:
    """Return results by the variant's reference; none where nothing has been sent.

    A shop that has no outreach has no table of it either.
    """

    def there(connection: Connection) -> bool:
        found = inspect(connection)
        if not found.has_table(_SENDS.name):
            return False
        names = {one["name"] for one in found.get_columns(_SENDS.name)}
        return {one.name for one in _SENDS.columns} <= names

    if not await (await session.connection()).run_sync(there):
        return {}
    rows = await session.execute(
        select(_SENDS.c.arm, func.count(), func.count(_SENDS.c.ordered_at))
        .where(_SENDS.c.state == "sent", _SENDS.c.arm.is_not(None))
        .group_by(_SENDS.c.arm)
    )
    return {arm: Result(sent, ordered) for arm, sent, ordered in rows}


def weights(found: Mapping[str, Result]) -> dict[str, float]:
    """Return how much each text counts in training, by reference; 1 is the mean.

    The share of orders is drawn to the mean share of all (a beta prior worth `_PRIOR` customers;
    A. Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4), divided by it, and bounded.
    """
    sent = sum(one.sent for one in found.values())
    ordered = sum(one.ordered for one in found.values())
    if not ordered:
        return dict.fromkeys(found, 1.0)
    mean = ordered / sent
    return {
        reference: min(
            _MOST,
            max(_LEAST, (one.ordered + _PRIOR * mean) / (one.sent + _PRIOR) / mean),
        )
        for reference, one in found.items()
    }
