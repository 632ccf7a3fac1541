"""What somebody may do with a ticket now; `backends.handoff.desk` has the last word."""

from __future__ import annotations

from dataclasses import dataclass

from backends.handoff.views import TicketCard
from backends.staff.models import SUPERVISOR, Staff


@dataclass(frozen=True)
class Stance:
    """One person's standing to one ticket.

    Attributes:
        take: may take it.
        reply: may reply.
        give: may give it to a person.
        release: may put it back into the queue.
        close: may end it.
    """

    take: bool
    reply: bool
    give: bool
    release: bool
    close: bool

    @property
    def word(self) -> str:
        """Short for all of it: a page whose word differs shows other forms."""
        parts = (self.take, self.reply, self.give, self.release, self.close)
        return "".join(str(int(part)) for part in parts)


def stance_of(staff: Staff, card: TicketCard) -> Stance:
    """Say what somebody may do."""
    supervisor = staff.role == SUPERVISOR
    is_open, assigned = card.state != "ended", card.state == "assigned"
    mine = assigned and card.assigned_to == staff.id
    return Stance(
        take=is_open and not mine and (supervisor or not assigned),
        reply=mine,
        give=is_open and (supervisor or mine),
        release=assigned and (supervisor or mine),
        close=is_open and (supervisor or mine),
    )


def may_read(staff: Staff, card: TicketCard) -> bool:
    """Whether somebody may read a ticket: all that are open, and of the ended ones their own."""
    return card.state != "ended" or staff.role == SUPERVISOR or card.assigned_to == staff.id
