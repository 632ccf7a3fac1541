"""From what is counted and stored to what programs read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from backends.insights.events.models import Conversation, Turn
from backends.insights.measures.definitions import Measure
from backends.insights.measures.schemas import (
    ConversationView,
    MeasureDefinition,
    TurnView,
)
from backends.insights.measures.values import Value
from backends.orders.schemas import BothLanguages

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def figures(values: Mapping[str, Value]) -> dict[str, dict[str, float | None]]:
    """Figures, rounded to what can be read, as `MeasureValue` says.

    Plain, since three years have twenty thousand: models of them would take half a second.
    """
    return {
        name: {"value": None if one.value is None else round(one.value, 6), "of": one.of}
        for name, one in values.items()
    }


def conversation(one: Conversation) -> ConversationView:
    """A conversation without its sender."""
    return ConversationView(
        id=one.id,
        channel=one.channel,
        language=one.language,
        model=one.model,
        started_at=one.started_at,
        last_at=one.last_at,
        customer_turns=one.customer_turns,
        bot_turns=one.bot_turns,
        fallbacks=one.fallbacks,
        negative=one.negative,
        handed_over=one.handed_over,
    )


def turn(one: Turn) -> TurnView:
    """One thing that was said."""
    return TurnView(
        at=_EPOCH + timedelta(milliseconds=one.at_ms),
        author=one.author,
        text=one.text,
        intent=one.intent,
        confidence=one.confidence,
        sentiment=one.sentiment,
        is_fallback=one.is_fallback,
    )


def definition(one: Measure) -> MeasureDefinition:
    """What a measure counts."""
    return MeasureDefinition(
        name=one.name,
        unit=one.unit,
        good=one.good,
        label=BothLanguages(**one.labels),
        definition=BothLanguages(**one.definitions),
        of=BothLanguages(**one.of),
    )
