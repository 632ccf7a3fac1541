"""An event of Rasa as far as the insights need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]


@dataclass
class Said:
    """What one event says was said; texts are masked before they are stored.

    Attributes:
        key: digest of the event.
        author: ``customer``, ``bot`` or ``staff``.
        text: as it was said.
        channel: where the customer wrote; empty where the event names none.
        handed_back: whether an action heard it before, so that it was an event already.
        staff: the name of the person who spoke.
        names: of the bot's, see `backends.insights.events.models.Turn`.
    """

    key: str
    author: str
    text: str
    channel: str = ""
    intent: str | None = None
    confidence: float | None = None
    sentiment: str | None = None
    language: str | None = None
    entities: list[Entity] = field(default_factory=list)
    response: str | None = None
    handed_back: bool = False
    staff: str | None = None


@dataclass
class Event:
    """One event.

    Attributes:
        sender: the channel's own id.
        at: seconds since 1970, as Rasa wrote them.
        kind: Rasa's name of its type.
        model: the id of the model that wrote it; empty where it names none.
        name: of the action or slot.
        value: of the slot.
        said: what was said, if something was.
    """

    sender: str
    at: float
    kind: str
    model: str = ""
    name: str = ""
    value: Any = None
    said: Said | None = None

    @property
    def at_ms(self) -> int:
        """Milliseconds since 1970."""
        return round(self.at * 1000)
