"""Tickets as staff see them: plain values, which outlive the session they were read in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from backends.handoff.states import Ending, State

Author = Literal["customer", "bot", "staff", "note", "system"]
Delivery = Literal["pending", "sent", "failed", "pulled"]


@dataclass(frozen=True)
class TicketCard:
    """A ticket in a list.

    Attributes:
        customer: the customer's name, if the shop knows who writes.
        staff: the name of who has it.
        unanswered: whether it is for staff to speak.
        turn_since: since when it has been so, or since when it has been in its state.
        failed: how many words of staff could not be delivered and were not seen since.
    """

    reference: str
    state: State
    channel: str
    sender: str
    customer_id: str | None
    customer: str | None
    reason: str
    topic: str | None
    summary: str
    language: str
    priority: bool
    assigned_to: int | None
    staff: str | None
    created_at: datetime
    queued_at: datetime | None
    assigned_at: datetime | None
    first_reply_at: datetime | None
    last_customer_at: datetime | None
    last_staff_at: datetime | None
    unanswered: bool
    turn_since: datetime
    ended_at: datetime | None
    ended_by: Ending | None
    agreed: str | None
    failed: int
    version: int


@dataclass(frozen=True)
class Said:
    """One entry of a ticket.

    Attributes:
        author: ``customer``, ``bot``, ``staff``, ``note`` (staff only) or ``system``.
        staff: the name of who said or did it.
        event: of ``system``: what happened, one of `backends.handoff.states.EVENTS`.
        data: of ``system``: what it was about (``staff``: name, ``agreed``).
        delivery: of words of staff: whether the customer has them.
        reason: why they were not delivered.
        waits: of pending words: their channel cannot push, so they wait for the customer to write.
    """

    id: int
    author: Author
    staff_id: int | None
    staff: str | None
    text: str
    event: str | None
    data: dict[str, Any] | None
    at: datetime
    delivery: Delivery | None
    reason: str | None
    waits: bool


@dataclass(frozen=True)
class TicketView:
    """A ticket with all that was said in it, in order."""

    card: TicketCard
    slots: dict[str, str]
    entries: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Queue:
    """A page of tickets and how many there are of each kind.

    Attributes:
        cards: the tickets of the page.
        total: how many the whole list has.
        waiting: of all tickets, those that wait for somebody.
        messages: those left outside opening hours, or that nobody took in time.
        assigned: those that somebody has.
        mine: those that the asking person has.
    """

    cards: list[TicketCard]
    total: int
    waiting: int
    messages: int
    assigned: int
    mine: int
