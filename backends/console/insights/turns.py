"""Conversations and their turns as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from backends.console.insights.formats import figure
from backends.console.texts import Texts
from backends.insights.events.models import Conversation, Turn

#: Intents of a conversation that its line in the list names.
MOST_INTENTS = 3
#: What the style sheet makes of a sentiment.
_TAGS = {"negative": "bad", "positive": "good"}


@dataclass(frozen=True)
class Shown:
    """A turn.

    Attributes:
        author: customer, bot or staff.
        at: when.
        text: what was said, masked.
        tags: what was understood, each with a class of the style sheet.
    """

    author: str
    at: datetime
    text: str
    tags: tuple[tuple[str, str], ...]


def shown(turn: Turn, t: Texts) -> Shown:
    """Make a turn readable."""
    at = datetime.fromtimestamp(turn.at_ms // 1000, timezone.utc)
    return Shown(turn.author, at, turn.text, tuple(_tags(turn, t)))


def main_intents(conversation: Conversation) -> str:
    """The intents that were understood most often."""
    counted = sorted((conversation.intents or {}).items(), key=lambda each: (-each[1], each[0]))
    return " · ".join(name for name, _ in counted[:MOST_INTENTS])


def _tags(turn: Turn, t: Texts) -> list[tuple[str, str]]:
    tags: list[tuple[str, str]] = []
    if turn.intent:
        sure = "" if turn.confidence is None else f" {figure(turn.confidence, 'share', t)}"
        tags.append(("", f"{turn.intent}{sure}"))
    if turn.sentiment:
        tags.append((_TAGS.get(turn.sentiment, ""), t.of("insights.sentiment", turn.sentiment)))
    if turn.is_fallback:
        tags.append(("hot", t("insights.tag.not_understood")))
    if turn.action:
        tags.append(("", turn.action))
    return tags
