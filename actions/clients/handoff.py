"""The hand-over service: tickets, and the talk between a customer and the shop's people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from actions.clients.customer import Customer
from actions.clients.http import BackendClient

Reason = Literal["asked", "failures", "anger", "complaint", "topic"]
State = Literal["none", "waiting", "assigned", "message", "ended"]


class Ticket(BaseModel):
    """A customer's open ticket.

    Attributes:
        state: `waiting` for somebody, `assigned` to somebody, or a `message` answered later.
        staff: Who has it.
        open_now: Whether people are there at this time.
        opens_at: When they are back, if they are not there.
        position: Place in the queue, 1 being the next.
        wait_minutes: How long it will take, as far as is known.
    """

    reference: str
    state: State
    staff: str | None = None
    open_now: bool = True
    opens_at: datetime | None = None
    position: int | None = None
    wait_minutes: int | None = None


class StaffWords(BaseModel):
    """What a person said and the customer has not seen yet."""

    text: str
    staff: str | None = None


class Ending(BaseModel):
    """How a talk ended: by whom, and what was agreed."""

    by: Literal["staff", "customer", "timeout"]
    agreed: str | None = None


class Talk(BaseModel):
    """Where the talk stands; `messages` count as seen once they were answered with."""

    reference: str | None = None
    state: State
    staff: str | None = None
    messages: list[StaffWords] = []
    ended: Ending | None = None


class HandoffClient(BackendClient):
    """Speaks for one customer a call; raises what `BackendClient.write` does."""

    async def open(
        self,
        customer: Customer,
        reason: Reason,
        topic: str | None,
        language: str,
        summary: str,
        transcript: Sequence[Mapping[str, Any]],
        slots: Mapping[str, str],
        key: str,
        *,
        priority: bool,
    ) -> Ticket:
        """Ask for a person; a ticket that this customer has open is returned as it is.

        Args:
            customer: For whom.
            reason: Why.
            topic: What a person must see to, if the reason is `topic`.
            language: zh or en.
            summary: For the person who takes it.
            transcript: What was said, in order: `author` (customer or bot), `text`, `at`.
            slots: What is known.
            key: The Idempotency-Key.
            priority: Whether people see to it before those without.
        """
        body = {
            "reason": reason,
            "topic": topic,
            "language": language,
            "priority": priority,
            "summary": summary,
            "transcript": list(transcript),
            "slots": dict(slots),
        }
        return await self.write(Ticket, "/v1/handoff/tickets", body, customer, key)

    async def say(self, customer: Customer, text: str, key: str) -> Talk:
        """Tell the shop's people what the customer wrote; return where the talk stands."""
        return await self.write(Talk, "/v1/handoff/messages", {"text": text}, customer, key)

    async def leave(self, customer: Customer, key: str) -> Talk:
        """End the talk for the customer, who goes back to the assistant."""
        return await self.write(Talk, "/v1/handoff/leave", {}, customer, key)
