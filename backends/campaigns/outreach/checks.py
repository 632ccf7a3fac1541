"""Whether customers may be written to at a moment, and where; asked anew for each message.

The same questions serve one customer, held in the transaction that sends, and a whole audience in
a dry run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.last_words import LastWords, Sender, last_words
from backends.campaigns.outreach.models import CLAIMED, SENT, DoNotContact, OutreachSend
from backends.campaigns.outreach.rules import Rules
from backends.customers.consent import covers_many
from backends.handoff.models import Ticket
from backends.orders.models import ERASED, Customer, Identity

#: Why somebody is not written to at all.
NEVER = ("erased", "no_consent", "no_identity", "unsubscribed")
#: Why somebody is not written to now.
NOT_NOW = ("quiet_hours", "handover", "cap", "window")
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
# After this it is looked again whether a talk with a person has ended, or the customer has written.
_LOOK_AGAIN = timedelta(minutes=15)
AT_ONCE = 300


@dataclass(frozen=True)
class Verdict:
    """What was found of one customer.

    Attributes:
        kind: ``go``, ``never`` or ``not_now``.
        reason: of the latter two, one of `NEVER` or `NOT_NOW`.
        until: of ``not_now``, when to ask again.
        channel, sender: of ``go``, where.
        language: of ``go``, the customer's.
    """

    kind: Literal["go", "never", "not_now"]
    reason: str = ""
    until: datetime | None = None
    channel: str = ""
    sender: str = ""
    language: str = ""


@dataclass
class _Known:
    """What the database says of some customers."""

    languages: Mapping[str, str]
    consenting: Collection[str]
    senders: dict[str, list[Sender]] = field(default_factory=dict)
    unwanted: Collection[Sender] = ()
    talking: Collection[str] = ()
    past: Mapping[str, list[datetime]] = field(default_factory=dict)
    words: Mapping[Sender, LastWords] = field(default_factory=dict)


class Checks:
    """Asks whether customers may be written to.

    Args:
        rules: what holds.
        trusted: channels whose sender ids are vouched for, in lower case.
    """

    def __init__(self, rules: Rules, trusted: frozenset[str]) -> None:
        self.rules = rules
        self._channels = [name for name in rules.channels if name in trusted]
        spans = [one.window for one in rules.channels.values() if one.window is not None]
        self._span = max(spans, default=timedelta())

    async def judge(
        self,
        session: AsyncSession,
        customer_ids: Collection[str],
        moment: datetime,
        *,
        leave_out: int = 0,
        only: Sender | None = None,
    ) -> dict[str, Verdict]:
        """The verdict on each customer.

        Args:
            session: a read session, or the write session that holds the customer.
            customer_ids: at most `AT_ONCE`.
            moment: when it would be sent.
            leave_out: id of a send that does not count for the caps: the one that is tried again.
            only: the one sender it may go to, where an earlier try may have reached them.
        """
        known = await self._read(session, customer_ids, moment, leave_out)
        return {one: self._verdict(one, known, moment, only) for one in customer_ids}

    def _verdict(
        self, customer_id: str, known: _Known, moment: datetime, only: Sender | None
    ) -> Verdict:
        if customer_id not in known.languages:
            return Verdict("never", "erased")
        if customer_id not in known.consenting:
            return Verdict("never", "no_consent")
        senders = known.senders.get(customer_id, [])
        if only is not None:
            senders = [one for one in senders if one == only]
        if not senders:
            return Verdict("never", "no_identity")
        senders = [one for one in senders if one not in known.unwanted]
        if not senders:
            return Verdict("never", "unsubscribed")
        quiet = self.rules.quiet.end_of(moment)
        if quiet is not None:
            return Verdict("not_now", "quiet_hours", quiet)
        if customer_id in known.talking:
            return Verdict("not_now", "handover", moment + _LOOK_AGAIN)
        free = self._capped_until(known.past.get(customer_id, []), moment)
        if free is not None:
            return Verdict("not_now", "cap", free)
        for channel, sender in senders:
            if self._is_in_window(channel, known.words.get((channel, sender)), moment):
                language = known.languages[customer_id]
                return Verdict("go", channel=channel, sender=sender, language=language)
        return Verdict("not_now", "window", moment + _LOOK_AGAIN)

    def _capped_until(self, past: list[datetime], moment: datetime) -> datetime | None:
        """When the next message would be within both caps; None when it is now."""
        until = None
        for span, most in ((_DAY, self.rules.per_day), (_WEEK, self.rules.per_week)):
            within = sorted(at for at in past if at > moment - span)
            if len(within) >= most:
                frees = within[-most] + span
                until = frees if until is None else max(until, frees)
        return until

    def _is_in_window(self, name: str, words: LastWords | None, moment: datetime) -> bool:
        channel = self.rules.channels[name]
        if channel.window is None:
            return True
        if words is None or moment - words.at >= channel.window:
            return False
        return channel.per_window is None or words.since < channel.per_window

    async def _read(
        self,
        session: AsyncSession,
        customer_ids: Collection[str],
        moment: datetime,
        leave_out: int,
    ) -> _Known:
        there = Customer.id.in_(customer_ids) & (Customer.id != ERASED)
        rows = await session.execute(select(Customer.id, Customer.language).where(there))
        known = _Known(dict(rows.all()), await covers_many(session, customer_ids, "marketing"))
        asked = sorted(known.consenting)
        if not asked:
            return known
        known.senders = await self._identities(session, asked)
        every = [one for some in known.senders.values() for one in some]
        known.unwanted = await _unwanted(session, asked)
        known.talking = await _talking(session, asked)
        known.past = await _past(session, asked, moment - _WEEK, leave_out)
        windowed = [one for one in every if self.rules.channels[one[0]].window is not None]
        if windowed:
            known.words = await last_words(session, windowed, self._span, moment)
        return known

    async def _identities(
        self, session: AsyncSession, customer_ids: Iterable[str]
    ) -> dict[str, list[Sender]]:
        """The senders of each customer, the one on the preferred channel first."""
        rows = await session.execute(
            select(Identity.customer_id, Identity.channel, Identity.sender)
            .where(Identity.customer_id.in_(customer_ids), Identity.channel.in_(self._channels))
            .order_by(Identity.id)
        )
        found: dict[str, list[Sender]] = {}
        for customer_id, channel, sender in rows:
            found.setdefault(customer_id, []).append((channel, sender))
        for some in found.values():
            some.sort(key=lambda one: self._channels.index(one[0]))
        return found


async def _unwanted(session: AsyncSession, customer_ids: Iterable[str]) -> set[Sender]:
    rows = await session.execute(
        select(DoNotContact.channel, DoNotContact.sender)
        .join(
            Identity,
            (Identity.channel == DoNotContact.channel) & (Identity.sender == DoNotContact.sender),
        )
        .where(Identity.customer_id.in_(customer_ids))
    )
    return {(channel, sender) for channel, sender in rows}


async def _talking(session: AsyncSession, customer_ids: list[str]) -> set[str]:
    """Those who have an open ticket, as themselves or as one of their senders."""
    is_open = Ticket.state != "ended"
    by_id = await session.execute(
        select(Ticket.customer_id).where(Ticket.customer_id.in_(customer_ids), is_open)
    )
    by_sender = await session.execute(
        select(Identity.customer_id)
        .join(Ticket, (Ticket.channel == Identity.channel) & (Ticket.sender == Identity.sender))
        .where(Identity.customer_id.in_(customer_ids), is_open)
    )
    return {*by_id.scalars(), *by_sender.scalars()}


async def _past(
    session: AsyncSession, customer_ids: Iterable[str], start: datetime, leave_out: int
) -> dict[str, list[datetime]]:
    """When each was written to, or may have been."""
    counts = or_(OutreachSend.state.in_((CLAIMED, SENT)), OutreachSend.is_unsure)
    rows = await session.execute(
        select(OutreachSend.customer_id, OutreachSend.claimed_at).where(
            OutreachSend.customer_id.in_(customer_ids),
            OutreachSend.claimed_at > start,
            OutreachSend.id != leave_out,
            counts,
        )
    )
    found: dict[str, list[datetime]] = {}
    for customer_id, at in rows:
        found.setdefault(customer_id, []).append(at)
    return found
