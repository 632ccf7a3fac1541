"""What the list of tickets shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backends.clock import SHOP_TIME
from backends.console.queue.choice import CHANNELS, PARTS, Choice
from backends.console.visit import Visit
from backends.db import now
from backends.handoff import desk
from backends.handoff.models import REASONS
from backends.handoff.reading import Which
from backends.handoff.views import TicketCard
from backends.staff.accounts import everybody

_KINDS: dict[str, Which] = {
    "mine": "mine",
    "waiting": "waiting",
    "messages": "messages",
    "colleagues": "assigned",
    "ended": "ended",
}
#: Of a part that is shown with others, and of one that is shown alone.
SOME, MANY = 30, 100


@dataclass(frozen=True)
class Part:
    """One of `PARTS`: the tickets that are shown, and how many there are."""

    name: str
    cards: list[TicketCard]
    total: int


async def contents(visit: Visit, choice: Choice, opened: str | None) -> dict[str, Any]:
    """Values of ``queue/list.html``.

    Args:
        visit: who looks.
        choice: what they want to see.
        opened: reference of the ticket that is open beside the list.
    """
    parts, counts = [], {}
    async with visit.db.read() as session:
        for name in [choice.show] if choice.show else PARTS[:-1]:
            found = await desk.queue(
                session,
                _KINDS[name],
                staff_id=visit.staff.id,
                language=choice.language or None,
                reason=choice.reason or None,
                channel=choice.channel or None,
                taken_by=_whose(visit, choice, name),
                not_taken_by=visit.staff.id if name == "colleagues" else None,
                ended_since=_this_morning() if name == "ended" else None,
                limit=MANY if choice.show else SOME,
                offset=(choice.page - 1) * MANY if choice.show else 0,
            )
            parts.append(Part(name, found.cards, found.total))
            counts = {
                "mine": found.mine,
                "waiting": found.waiting,
                "messages": found.messages,
                "colleagues": found.assigned - found.mine,
            }
        staff = await everybody(session)
    return {
        "parts": parts,
        "counts": counts,
        "choice": choice,
        "opened": opened,
        "news": _news(visit, parts),
        "colleagues": [one for one in staff if one.active],
        "many": MANY,
        "CHANNELS": CHANNELS,
        "REASONS": REASONS,
    }


def _whose(visit: Visit, choice: Choice, part: str) -> int | None:
    # Of what has ended, people see their own; supervisors see all.
    if part == "ended" and not visit.is_supervisor:
        return visit.staff.id
    return int(choice.who) if choice.who else None


def _news(visit: Visit, parts: list[Part]) -> str:
    """A word for each turn of a customer that this person should hear of, once."""
    return " ".join(
        f"{card.reference}@{int((card.last_customer_at or card.created_at).timestamp())}"
        for part in parts
        for card in part.cards
        if card.unanswered and (card.state == "waiting" or card.assigned_to == visit.staff.id)
    )


def _this_morning() -> datetime:
    return now().astimezone(SHOP_TIME).replace(hour=0, minute=0, second=0)
