"""The figures as cards, in groups that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backends.console.insights.change import Change, change
from backends.console.insights.choice import Choice
from backends.console.insights.formats import figure
from backends.console.texts import Texts
from backends.insights.measures.definitions import Measure
from backends.insights.measures.query import Value

GROUPS: Mapping[str, tuple[str, ...]] = {
    "volume": ("conversations", "messages", "stickiness"),
    "understanding": ("containment", "resolution", "fallback_rate", "first_response_seconds"),
    "people": ("handover_rate", "staff_response_seconds", "handling_seconds"),
    "satisfaction": ("csat", "csat_response_rate", "nps", "nps_response_rate", "negative_share"),
    "sales": (
        "recommendation_conversion",
        "recommendation_revenue",
        "campaign_conversion",
        "campaign_revenue",
    ),
}
#: Which conversations are behind a figure; "" is all of them.
_BEHIND = {
    "conversations": "",
    "resolution": "unsolved",
    "fallback_rate": "fallback",
    "handover_rate": "handed_over",
    "negative_share": "negative",
}
#: Figures that count what they are counted of: "of N" would say the same twice.
_WITHOUT_OF = ("conversations", "messages")


@dataclass(frozen=True)
class Card:
    """One figure as it is shown.

    Attributes:
        name: of the measure.
        label, value, definition: in the reader's language.
        of: what it is a share or mean of, and how many; "" for plain counts.
        change: against the same number of days before.
        link: the address of the conversations behind it; "" where there are none to show.
        kind: which conversations those are.
    """

    name: str
    label: str
    value: str
    of: str
    definition: str
    change: Change
    link: str
    kind: str


def cards(
    measures: Mapping[str, Measure],
    values: Mapping[str, Value],
    before: Mapping[str, Value],
    choice: Choice,
    t: Texts,
) -> list[tuple[str, list[Card]]]:
    """The cards of each group, in the order of the page.

    Args:
        measures: what is counted, and how.
        values: the figures of the days that are shown.
        before: those of the same number of days before.
        choice: the page's address.
        t: the texts of the reader's language.
    """
    return [
        (group, [_card(measures[name], values[name], before[name], choice, t) for name in names])
        for group, names in GROUPS.items()
    ]


def _card(measure: Measure, value: Value, before: Value, choice: Choice, t: Texts) -> Card:
    name, language = measure.name, t.language
    kind = _BEHIND.get(name)
    return Card(
        name=name,
        label=measure.labels[language],
        value=figure(value.value, measure.unit, t),
        of=""
        if name in _WITHOUT_OF
        else t("insights.of", count=f"{value.of:,}", what=measure.of[language]),
        definition=measure.definitions[language],
        change=change(measure, value, before, t),
        link="" if kind is None or not value.of else choice.address("/conversations", only=kind),
        kind=kind or "",
    )
