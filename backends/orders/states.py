"""The state machines of orders, returns, exchanges and refunds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class IllegalMove(ValueError):
    """An event that cannot happen in the present state."""


@dataclass(frozen=True)
class Machine:
    """States and the events that lead from one to another.

    Attributes:
        name: what it is a machine of.
        start: the first state.
        moves: the next state by state and event.
    """

    name: str
    start: str
    moves: Mapping[str, Mapping[str, str]]

    @property
    def states(self) -> frozenset[str]:
        """Every state, first and last ones included."""
        return frozenset(self.moves)

    @property
    def events(self) -> frozenset[str]:
        """Every event of any state."""
        return frozenset(event for moves in self.moves.values() for event in moves)

    def can(self, state: str, event: str) -> bool:
        """Whether the event may happen in the state."""
        return event in self.moves[state]

    def after(self, state: str, event: str) -> str:
        """The state that follows.

        Raises:
            IllegalMove: the event cannot happen in this state.
        """
        try:
            return self.moves[state][event]
        except KeyError:
            raise IllegalMove(f"{self.name} cannot {event} when {state}") from None

    def path(self, goal: str) -> list[str]:
        """The shortest row of events from the first state to a goal.

        Raises:
            IllegalMove: nothing leads there.
        """
        rows: list[tuple[str, list[str]]] = [(self.start, [])]
        seen = {self.start}
        for state, row in rows:
            if state == goal:
                return row
            for event, following in self.moves[state].items():
                if following not in seen:
                    seen.add(following)
                    rows.append((following, [*row, event]))
        raise IllegalMove(f"{self.name} never becomes {goal}")


ORDER = Machine(
    "an order",
    "pending_payment",
    {
        "pending_payment": {"pay": "paid", "cancel": "cancelled"},
        "paid": {"pack": "packed", "cancel": "cancelled"},
        "packed": {"ship": "shipped", "cancel": "cancelled"},
        "shipped": {"start_delivery": "out_for_delivery"},
        "out_for_delivery": {"deliver": "delivered", "fail_delivery": "shipped"},
        "delivered": {"complete": "completed"},
        "completed": {},
        "cancelled": {},
    },
)

RETURN = Machine(
    "a return",
    "requested",
    {
        "requested": {"approve": "approved", "reject": "rejected"},
        "approved": {"receive": "received"},
        "received": {"close": "closed", "reject": "rejected"},
        "rejected": {},
        "closed": {},
    },
)

EXCHANGE = Machine(
    "an exchange",
    "requested",
    {
        "requested": {"approve": "approved", "reject": "rejected"},
        "approved": {"receive": "received"},
        "received": {"resend": "resent", "reject": "rejected"},
        "resent": {"close": "closed"},
        "rejected": {},
        "closed": {},
    },
)

REFUND = Machine(
    "a refund",
    "processing",
    {
        "processing": {"pay": "refunded", "reject": "rejected"},
        "refunded": {},
        "rejected": {},
    },
)
