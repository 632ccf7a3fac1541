"""One conversation in memory: its turns in order, and the sums over them."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from backends.insights.events import meaning

#: After this much quiet another conversation begins.
QUIET_MS = 60 * 60_000
#: One that goes on without a pause is cut here, for all its turns are read again at each change.
MOST_TURNS = 1000
#: Longer waits for an answer than a column of four bytes holds do not occur within a conversation.
_LONGEST_WAIT = 2**31 - 1


@dataclass
class Line:
    """A turn without its text.

    Attributes:
        id: of the row; None while it has none.
        values: all columns of a new one, with the text.
    """

    at_ms: int
    number: int
    key: str
    author: str
    intent: str | None = None
    sentiment: str | None = None
    language: str | None = None
    action: str | None = None
    response: str | None = None
    is_fallback: bool = False
    id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def __lt__(self, other: Line) -> bool:
        return (self.at_ms, self.number) < (other.at_ms, other.number)


@dataclass
class Talk:
    """A conversation and its turns.

    Attributes:
        id: of the row; None while it has none.
        model: the id of the model that answered last.
        changed: whether anything differs from the row.
    """

    channel: str
    sender: str
    id: int | None = None
    model: str = ""
    handed_over: bool = False
    lines: list[Line] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    changed: bool = False

    @property
    def first_ms(self) -> int:
        """When its first turn was."""
        return self.lines[0].at_ms

    @property
    def last_ms(self) -> int:
        """When its last turn was."""
        return self.lines[-1].at_ms

    def holds(self, at_ms: int) -> bool:
        """Whether a moment lies within it."""
        return self.first_ms <= at_ms <= self.last_ms

    def add(self, line: Line) -> bool:
        """Put a turn in its place; False when it is there already."""
        if line.key in self.keys:
            return False
        self.keys.add(line.key)
        insort(self.lines, line)
        self.changed = True
        return True

    def settle(self) -> list[Line]:
        """Find out which customer's turns were fallbacks; return the rows that change by it."""
        changed = []
        for place, line in enumerate(self.lines):
            if line.author != "customer":
                continue
            is_fallback = _is_fallback(line, _answers(self.lines, place))
            if is_fallback != line.is_fallback:
                line.is_fallback = is_fallback
                changed += [line] if line.id is not None else []
        return changed

    def sums(self) -> dict[str, Any]:
        """The columns of the row but for id, channel and sender."""
        customers = [line for line in self.lines if line.author == "customer"]
        waits = _waits(self.lines)
        sentiments = Counter(line.sentiment for line in customers)
        languages = Counter(line.language for line in customers if line.language)
        return {
            "language": languages.most_common(1)[0][0] if languages else None,
            "model": self.model,
            "started_at": moment(self.first_ms),
            "last_at": moment(self.last_ms),
            "first_customer_at": moment(customers[0].at_ms) if customers else None,
            "first_answer_ms": min(waits[0], _LONGEST_WAIT) if waits else None,
            "answer_ms": sum(waits),
            "answers": len(waits),
            "customer_turns": len(customers),
            "bot_turns": sum(line.author == "bot" for line in self.lines),
            "fallbacks": sum(line.is_fallback for line in customers),
            "negative": sentiments["negative"],
            "neutral": sentiments["neutral"],
            "positive": sentiments["positive"],
            "intents": dict(Counter(line.intent for line in customers if line.intent)),
            "handed_over": self.handed_over,
            "counted": False,
        }


def moment(at_ms: int) -> datetime:
    """The moment of milliseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=at_ms)


def _answers(lines: Sequence[Line], place: int) -> list[Line]:
    """What the assistant said after a turn, until the customer wrote again."""
    answers = []
    for line in lines[place + 1 :]:
        if line.author == "customer":
            break
        if line.author == "bot":
            answers.append(line)
    return answers


def _is_fallback(line: Line, answers: Sequence[Line]) -> bool:
    for answer in answers:
        if answer.action in meaning.FALLBACK_ACTIONS:
            return answer.response not in meaning.ANSWERS_OF_FALLBACKS
    if line.intent != meaning.FALLBACK_INTENT or not answers:
        return False
    return (answers[0].action or "").startswith(meaning.PLAIN_RESPONSE)


def _waits(lines: Sequence[Line]) -> list[int]:
    """Times from what the customer wrote to the next answer, of the assistant or of a person.

    Of several messages in a row the first one waits. What nobody answers, as while a person has
    the conversation, is no wait.
    """
    waits, since = [], None
    for line in lines:
        if line.author == "customer":
            since = line.at_ms if since is None else since
        elif since is not None:
            waits.append(line.at_ms - since)
            since = None
    return waits
