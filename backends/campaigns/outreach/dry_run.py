"""How many of an audience could be written to now, and why others could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backends.campaigns.outreach.checks import AT_ONCE, Checks
from backends.db import Database

#: Of a larger audience this many are looked at, evenly spread.
MOST = 3_000


@dataclass
class DryRun:
    """What would happen.

    Attributes:
        size: of the audience.
        looked_at: of how many the following is.
        reachable: who could be written to.
        reasons: how many could not, by reason.
    """

    size: int
    looked_at: int = 0
    reachable: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


async def dry_run(
    db: Database, checks: Checks, customers: Sequence[str], moment: datetime
) -> DryRun:
    """Ask of each what is asked before a message is sent, and send nothing.

    In quiet hours it is asked as of their end, for "today" means the hours when it is sent.

    Args:
        db: the database.
        checks: what is asked.
        customers: the audience.
        moment: when it would be sent.
    """
    moment = checks.rules.quiet.end_of(moment) or moment
    run = DryRun(len(customers))
    step = max(1, -(-len(customers) // MOST))
    some = customers[::step]
    for start in range(0, len(some), AT_ONCE):
        async with db.read() as session:
            judged = await checks.judge(session, some[start : start + AT_ONCE], moment)
        for verdict in judged.values():
            run.looked_at += 1
            if verdict.kind == "go":
                run.reachable += 1
            else:
                run.reasons[verdict.reason] = run.reasons.get(verdict.reason, 0) + 1
    return run
