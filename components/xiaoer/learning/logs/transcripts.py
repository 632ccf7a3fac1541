"""Rows of transcripts become customers' questions, each with the agent's answer that followed."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from xiaoer.learning.logs.cleaning import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    SYSTEM,
    TOO_LONG,
    clean,
)
from xiaoer.learning.logs.columns import Columns
from xiaoer.learning.logs.questions import Questions
from xiaoer.learning.logs.records import Record
from xiaoer.learning.logs.words import folded, words
from xiaoer.nlu.language_rules import identify

BROKEN, NO_TEXT, UNKNOWN_ROLE = "broken row", "no text", "unknown role"
DUPLICATE, OTHER_LANGUAGE = "said twice in the conversation", "another language"
NO_QUESTION, RARE = "agent's line that answers no question", "rare, no room for it"

#: Conversations of which the open question is remembered, and their latest texts.
_OPEN, _LATEST = 100_000, 12
_LONGEST_WAIT = 86_400.0
_EXAMPLES = 20


@dataclass
class Counts:
    """What became of the rows; `read` is `used` and all of `skipped`.

    Attributes:
        read: Rows below the header that are not blank.
        used: Rows that are a question or an answer.
        skipped: Rows by the reason why they are not.
        lines: File and line of the first broken rows, and what is wrong with them.
        masked: Rows that are used and had personal data.
    """

    read: int = 0
    used: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    masked: int = 0


@dataclass
class _Conversation:
    question: str | None = None
    asked: float | None = None
    latest: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=_LATEST))


class Transcripts:
    """Takes records and collects questions.

    A question's answer is the first line of an agent after it, in the same conversation and within
    a day, that says more than a greeting; rows are taken in the order of the file. Without a role
    column every row is a customer's; without a conversation column the file is one conversation,
    in which nothing counts as said twice.

    Args:
        questions: Where they are collected.
        language: `zh`, `en`, or empty for both.
        allowed: Numbers and addresses that are the shop's own and are not masked.
    """

    def __init__(
        self, questions: Questions, language: str = "", allowed: Sequence[str] = ()
    ) -> None:
        self.questions = questions
        self.counts = Counts()
        self._language = language
        self._open: OrderedDict[str, _Conversation] = OrderedDict()
        # The same texts come again and again: "ok", an agent's phrases.
        self._clean: Callable[[str], tuple[str, str]] = lru_cache(50_000)(
            partial(clean, allowed=tuple(allowed))
        )

    def take(self, record: Record, columns: Columns, source: str) -> None:
        """Use a record, or count why not.

        Args:
            record: The row.
            columns: Which column is which.
            source: The file's name.
        """
        self.counts.read += 1
        if record.fields is None:
            if len(self.counts.lines) < _EXAMPLES:
                self.counts.lines.append(f"{source}, line {record.line}: {record.wrong}")
            reason = BROKEN
        else:
            reason = self._use(record.fields, columns, source)
        if reason:
            self.counts.skipped[reason] += 1
        else:
            self.counts.used += 1

    def finish(self) -> Counts:
        """Return the counts, after those questions that there is no room for were given up."""
        self.questions.all()
        lost = self.questions.lost
        self.counts.used -= lost
        if lost:
            self.counts.skipped[RARE] += lost
        return self.counts

    def _use(self, fields: dict[str, Any], columns: Columns, source: str) -> str:
        written = fields.get(columns.text)
        if written is None:
            return NO_TEXT
        role = "customer"
        if columns.role:
            role = words().roles.get(folded(str(fields.get(columns.role, ""))), "")
            if not role:
                return UNKNOWN_ROLE
        if role == "system":
            return SYSTEM
        text, reason = self._clean(str(written))
        if reason:
            return reason
        if len(text) > (LONGEST_QUESTION if role == "customer" else LONGEST_ANSWER):
            return TOO_LONG
        if self._language and identify(text).dominant not in (self._language, None):
            return OTHER_LANGUAGE
        conversation = self._conversation(fields, columns, source)
        # Without conversations, many customers may have said it.
        if columns.conversation:
            if (role, text) in conversation.latest:
                return DUPLICATE
            conversation.latest.append((role, text))
        moment = _moment(fields.get(columns.time)) if columns.time else None
        if role == "customer":
            self._ask(conversation, text, moment, fields.get(columns.answer))
        elif not self._answer(conversation, text, moment):
            return NO_QUESTION
        self.counts.masked += text != str(written) and "[" in text and "[" not in str(written)
        return ""

    def _ask(
        self, conversation: _Conversation, text: str, moment: float | None, answer: Any
    ) -> None:
        conversation.question = self.questions.add(text)
        conversation.asked = moment
        if answer is not None:
            said, wrong = self._clean(str(answer))
            if not wrong and len(said) <= LONGEST_ANSWER:
                self.questions.answer(conversation.question, said)
                conversation.question = None

    def _answer(self, conversation: _Conversation, text: str, moment: float | None) -> bool:
        if conversation.question is None:
            return False
        if moment is not None and conversation.asked is not None:
            if moment < conversation.asked:
                return False
            if moment - conversation.asked > _LONGEST_WAIT:
                conversation.question = None
                return False
        self.questions.answer(conversation.question, text)
        conversation.question = None
        return True

    def _conversation(self, fields: dict[str, Any], columns: Columns, source: str) -> _Conversation:
        name = str(fields.get(columns.conversation, "")) if columns.conversation else ""
        key = f"{source}\n{name}"
        found = self._open.pop(key, None) or _Conversation()
        self._open[key] = found
        if len(self._open) > _OPEN:
            self._open.popitem(last=False)
        return found


def _moment(value: Any) -> float | None:
    """Return seconds since 1970 of a moment written as ISO 8601 or as such a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) / (1000 if value > 1e11 else 1)
    text = str(value).strip().replace("/", "-").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        pass
    try:
        return _moment(float(text))
    except (ValueError, OverflowError):
        return None
