"""Sorting one sender's events into conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backends.insights.events import meaning
from backends.insights.events.event import Event, Said
from backends.insights.events.talk import MOST_TURNS, QUIET_MS, Line, Talk

UNKNOWN = "unknown"
#: Of two turns of one moment the row that is there already comes first.
_NEW = 2**62


@dataclass
class Known:
    """What is known of a sender (see `backends.insights.events.models.Sender`) and their talks.

    Attributes:
        talks: those that the events may belong to, in order.
        added, repeated: how many turns were new, and how many were known.
    """

    sender: str
    channel: str = UNKNOWN
    language: str | None = None
    session_ms: int | None = None
    action: str | None = None
    action_ms: int | None = None
    talks: list[Talk] = field(default_factory=list)
    added: int = 0
    repeated: int = 0

    def take(self, events: Sequence[Event]) -> None:
        """Take events in.

        Args:
            events: of this sender, in order, masked.
        """
        # Of a session that begins later in these events too.
        sessions = {event.at_ms for event in events if event.kind == "session_started"}
        known = set() if self.session_ms is None else {self.session_ms}
        boundaries = sorted(sessions | known)
        for event in events:
            if event.said:
                self._add(event, event.said, boundaries)
            elif event.kind == "action" and event.name != meaning.LISTEN:
                if event.at_ms >= (self.action_ms or 0):
                    self.action, self.action_ms = event.name or None, event.at_ms
            elif event.kind == "rewind":
                # What an action undoes and hands back is not its doing.
                self.action = None
            elif event.kind == "pause" or self._opens_ticket(event):
                self._hand_over(event.at_ms)
            elif event.kind == "slot" and event.name == "language":
                self.language = event.value if event.value in ("zh", "en") else self.language
        if sessions:
            self.session_ms = max(boundaries)

    def _opens_ticket(self, event: Event) -> bool:
        return (
            event.kind == "slot"
            and event.name == meaning.HANDOFF_SLOT
            and bool(event.value)
            and self.action not in (None, meaning.SESSION_START)
        )

    def _add(self, event: Event, said: Said, boundaries: Sequence[int]) -> None:
        if said.handed_back:
            self.repeated += 1
            return
        if said.channel:
            self.channel = said.channel
        talk = self._place(event.at_ms, boundaries)
        line = self._line(event, said)
        if not talk.add(line):
            self.repeated += 1
            return
        self.added += 1
        if event.model and (line is talk.lines[-1] or not talk.model):
            talk.model = event.model

    def _line(self, event: Event, said: Said) -> Line:
        is_customer = said.author == "customer"
        language = (said.language or self.language) if is_customer else None
        # An action is told before what it says.
        speaks = said.author == "bot" and (self.action_ms or 0) <= event.at_ms
        line = Line(
            event.at_ms, _NEW + self.added, said.key, said.author, said.intent, said.sentiment, language,
            self.action if speaks else None, said.response,
        )  # fmt: skip
        line.values = {
            "text": said.text,
            "confidence": said.confidence,
            "entities": said.entities if is_customer else None,
        }
        return line

    def _place(self, at_ms: int, boundaries: Sequence[int]) -> Talk:
        """The conversation that a turn of this moment belongs to, a new one if there is none."""
        mine = [talk for talk in self.talks if talk.channel in (self.channel, UNKNOWN)]
        before = [talk for talk in mine if talk.first_ms <= at_ms]
        if before:
            talk = before[-1]
            between = _any_within(boundaries, talk.last_ms, at_ms)
            near = at_ms <= talk.last_ms + QUIET_MS and not between
            if talk.holds(at_ms) or (near and len(talk.lines) < MOST_TURNS):
                return self._named(talk)
        after = [talk for talk in mine if talk.first_ms > at_ms]
        if after:
            talk = after[0]
            between = _any_within(boundaries, at_ms, talk.first_ms)
            if talk.first_ms <= at_ms + QUIET_MS and not between:
                return self._named(talk)
        talk = Talk(self.channel, self.sender)
        place = sum(1 for each in self.talks if each.first_ms <= at_ms)
        self.talks.insert(place, talk)
        return talk

    def _named(self, talk: Talk) -> Talk:
        """A conversation that the assistant opened has the channel that the customer answers on."""
        if talk.channel == UNKNOWN != self.channel:
            talk.channel, talk.changed = self.channel, True
        return talk

    def _hand_over(self, at_ms: int) -> None:
        before = [talk for talk in self.talks if talk.first_ms <= at_ms]
        if before and at_ms <= before[-1].last_ms + QUIET_MS and not before[-1].handed_over:
            before[-1].handed_over = before[-1].changed = True


def _any_within(boundaries: Sequence[int], after: int, until: int) -> bool:
    """Whether a session began after one moment and not after the other."""
    return any(after < each <= until for each in boundaries)
