"""Proof of ownership by order number and phone digits, and the locks against guessing.

Two counters stand in the database, so that all workers share them. Five wrong tries lock a sender
for a quarter of an hour. Since sender ids cost nothing, wrong tries are also counted against the
order number that was tried, by whomever and whether or not there is such an order: ten lock the
number for six hours, which leaves a guesser 40 of 10,000 tries a day.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.db import Base, Database, now
from backends.errors import ApiError
from backends.orders.access import not_verified
from backends.orders.models import Customer, Grant, Order, Throttle

GRANT = timedelta(minutes=30)
FORGET = timedelta(hours=24)


@dataclass(frozen=True)
class Limit:
    """How many wrong tries are borne, and how long the lock is."""

    tries: int
    lock: timedelta


LIMITS = {
    "sender": Limit(5, timedelta(minutes=15)),
    "order": Limit(10, timedelta(hours=6)),
}


async def verify(db: Database, caller: Caller, number: str, last4: str) -> datetime:
    """Grant the order to the sender if the digits are those of its customer's phone.

    Looking, counting and locking are one transaction that holds the sender's counter, so that
    tries sent at once are counted one by one. All of it is done whether the order exists or not.

    Args:
        db: the database.
        caller: who tries.
        number: a normalised order number.
        last4: four digits.

    Returns:
        When the grant ends.

    Raises:
        ApiError: 403 ``not_verified``, or 429 ``locked`` with ``retry_after`` in seconds.
    """
    async with db.write() as session:
        moment = now()
        counters = [
            # Always in this order, so that no two transactions wait for each other.
            await _hold(session, "sender", f"{caller.channel}\n{caller.sender}", moment),
            await _hold(session, "order", number, moment),
        ]
        refused = _locked(counters, moment)
        if refused is None:
            query = select(Customer.phone).join(Order).where(Order.number == number)
            phone = (await session.execute(query)).scalar_one_or_none()
            # Compared in any case: the time must not tell whether there is such an order.
            same = hmac.compare_digest((phone or "-----------")[-4:], last4)
            if phone is not None and same:
                for counter in counters:
                    counter.failures = 0
                return await _grant(session, caller, number, moment + GRANT)
            for counter in counters:
                _count(counter, moment)
            refused = _locked(counters, moment) or not_verified()
    raise refused


async def forget_old(session: AsyncSession, moment: datetime) -> None:
    """Delete grants that have ended and counters that have nothing to say any more."""
    for query in (
        delete(Grant).where(Grant.expires_at < moment),
        delete(Throttle).where(Throttle.forget_at < moment),
    ):
        await session.execute(query.execution_options(synchronize_session=False))


async def _hold(session: AsyncSession, kind: str, subject: str, moment: datetime) -> Throttle:
    values = {"kind": kind, "subject": subject, "failures": 0, "forget_at": moment + FORGET}
    insert = _upsert(session, Throttle, values, keys=("kind", "subject"), changed=("subject",))
    await session.execute(insert)
    counter = await session.get(Throttle, (kind, subject), populate_existing=True)
    assert counter is not None, "the insert above has made or locked the row"
    if counter.forget_at <= moment:
        counter.failures = 0
    return counter


def _count(counter: Throttle, moment: datetime) -> None:
    limit = LIMITS[counter.kind]
    counter.failures += 1
    counter.forget_at = moment + FORGET
    if counter.failures >= limit.tries:
        counter.failures = 0
        counter.locked_until = moment + limit.lock


def _locked(counters: list[Throttle], moment: datetime) -> ApiError | None:
    ends = [one.locked_until for one in counters if one.locked_until and one.locked_until > moment]
    if not ends:
        return None
    return ApiError(
        429,
        "locked",
        "There were too many wrong tries; even a right pair is refused for now.",
        retry_after=max(1, int((max(ends) - moment).total_seconds())),
    )


async def _grant(session: AsyncSession, caller: Caller, number: str, until: datetime) -> datetime:
    values = {
        "channel": caller.channel,
        "sender": caller.sender,
        "order_number": number,
        "expires_at": until,
    }
    keys = ("channel", "sender", "order_number")
    await session.execute(_upsert(session, Grant, values, keys=keys, changed=("expires_at",)))
    return until


def _upsert(
    session: AsyncSession,
    table: type[Base],
    values: dict,
    *,
    keys: tuple[str, ...],
    changed: tuple[str, ...],
) -> object:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table).values(**values)
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: insert.excluded[name] for name in changed}
    )
