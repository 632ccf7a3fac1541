"""The parts that sums are made in, how they hang together, and how far back they can be made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backends.insights.measures.counting.campaigns import count_campaigns
from backends.insights.measures.counting.conversations import count_conversations
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.feedback import count_feedback
from backends.insights.measures.counting.people import MONTH, count_people
from backends.insights.measures.counting.recommendations import count_recommendations
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.talks import LINKED_FOR
from backends.insights.measures.counting.tally import Made
from backends.insights.measures.counting.tickets import count_tickets
from backends.insights.measures.exposures import KEEP_EXPOSURES

_WEEK = 7


@dataclass(frozen=True)
class Part:
    """Some daily tables that are made together.

    Attributes:
        name: of the part.
        count: makes the sums of some days anew, from what one session of reading sees.
        days: how many days are made together.
    """

    name: str
    count: Callable[[Scope], Awaitable[Sequence[Made]]]
    days: int

    @property
    def mark(self) -> str:
        """What `StaleDay.what` says of days whose sums must be made anew."""
        return f"sums.{self.name}"


#: In the order in which they are made.
PARTS = (
    Part("conversations", count_conversations, 4),
    Part("tickets", count_tickets, 31),
    Part("feedback", count_feedback, 31),
    Part("recommendations", count_recommendations, 31),
    Part("campaigns", count_campaigns, 31),
    Part("people", count_people, 366),
)
PEOPLE = PARTS[-1]

#: By what has changed on a day: which sums are stale, from and up to how many days from it on.
#: Tickets and the like have their model from the conversation they belong to.
SPREADS: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    "conversations": (
        ("conversations", 0, 0),
        ("people", 0, MONTH - 1),
        ("tickets", 0, LINKED_FOR.days),
        ("feedback", -1, LINKED_FOR.days + 1),
        ("recommendations", 0, LINKED_FOR.days),
    ),
    "tickets": (("tickets", 0, 0),),
    "feedback": (("feedback", 0, 0),),
    "orders": (("recommendations", -_WEEK, 0), ("campaigns", -_WEEK, 0)),
    "exposures": (("recommendations", -_WEEK, 0),),
    "sends": (("campaigns", -_WEEK, 0),),
}


@dataclass(frozen=True)
class Keeping:
    """For how long what is counted is kept.

    Attributes:
        conversations, tickets: days, of which the second is that of feedback too.
    """

    conversations: int
    tickets: int

    def first_day(self, part: str, moment: datetime) -> date:
        """The first day of which all is still there; the sums of earlier days stay as they are."""

        def whole(days: int) -> date:
            return day_of(moment - timedelta(days=days)) + timedelta(days=1)

        conversations = whole(self.conversations)
        linked = min(conversations + LINKED_FOR, day_of(moment))
        return {
            "conversations": conversations,
            "people": min(conversations + timedelta(days=MONTH - 1), day_of(moment)),
            "tickets": max(whole(self.tickets), linked),
            "feedback": max(whole(self.tickets), linked),
            "recommendations": max(whole(KEEP_EXPOSURES.days), linked),
            "campaigns": whole(self.conversations),
        }[part]
