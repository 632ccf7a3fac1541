"""From sums to figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """A figure.

    Attributes:
        value: None when it is a share or mean of nothing.
        of: how many it is counted of.
    """

    value: float | None
    of: int


def values_of(sums: Mapping[str, int], people: tuple[int, int] | None) -> dict[str, Value]:
    """All measures, in the order of ``definitions.yml``.

    Args:
        sums: by table and column, as `sums.read` gives them; what is missing is nought.
        people: visits and different people of thirty days; None where they are not known.
    """

    def total(name: str) -> int:
        return sums.get(name, 0)

    def count(name: str) -> Value:
        return Value(total(name), total(name))

    def share(part: str, of: str) -> Value:
        return _of(total(part), total(of))

    def money(fen: str, of: str) -> Value:
        return Value(total(fen) / 100, total(of))

    sentiments = sum(total(f"conversations.{name}") for name in ("negative", "neutral", "positive"))
    nps = 100 * (total("feedback.promoters") - total("feedback.detractors"))
    visits, month = people or (0, 0)
    return {
        "conversations": count("conversations.conversations"),
        "messages": count("conversations.messages"),
        "containment": share("conversations.contained", "conversations.conversations"),
        "resolution": share("feedback.solved", "feedback.solved_of"),
        "handover_rate": share("conversations.handed_over", "conversations.conversations"),
        "fallback_rate": share("conversations.fallbacks", "conversations.messages"),
        "first_response_seconds": _of(
            total("conversations.first_answer_ms") / 1000, total("conversations.first_answers")
        ),
        "staff_response_seconds": share("tickets.reply_seconds", "tickets.replied"),
        "handling_seconds": share("tickets.handling_seconds", "tickets.handled"),
        "csat": share("feedback.satisfied", "feedback.csat_of"),
        "csat_response_rate": share("feedback.csat_of", "feedback.asked"),
        "nps": _of(nps, total("feedback.nps_of")),
        "nps_response_rate": share("feedback.nps_of", "feedback.asked"),
        "negative_share": _of(total("conversations.negative"), sentiments),
        "recommendation_conversion": share("recommendations.converted", "recommendations.shown"),
        "recommendation_revenue": money("recommendations.revenue_fen", "recommendations.converted"),
        "campaign_conversion": share("campaigns.converted", "campaigns.sent"),
        "campaign_revenue": money("campaigns.revenue_fen", "campaigns.converted"),
        "stickiness": Value(visits / 30 / month if month else None, month),
    }


def _of(part: float, of: int) -> Value:
    return Value(part / of if of else None, of)
