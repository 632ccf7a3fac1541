"""The figures side by side for each channel, language, segment or model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backends.console.insights.choice import Choice
from backends.console.insights.formats import figure
from backends.console.insights.names import Names
from backends.console.texts import Texts
from backends.insights.measures.definitions import Measure
from backends.insights.measures.models import NO_SEGMENT
from backends.insights.measures.query import Value

COLUMNS = (
    "conversations",
    "containment",
    "resolution",
    "handover_rate",
    "fallback_rate",
    "csat",
    "negative_share",
    "recommendation_revenue",
)
#: The column of the names themselves.
NAME = "name"


@dataclass(frozen=True)
class Heading:
    """A heading that sorts.

    Attributes:
        label: what it says.
        link: the address that sorts by it, or the other way round when it is sorted by.
        order: ``ascending``, ``descending``, or "" when another one is sorted by.
    """

    label: str
    link: str
    order: str


@dataclass(frozen=True)
class Row:
    """One line: its name, the address of its own figures ("" for none), and the numbers."""

    name: str
    link: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Breakdown:
    """The table."""

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]


def breakdown(
    measures: Mapping[str, Measure],
    groups: Sequence[tuple[str, Mapping[str, Value]]],
    choice: Choice,
    names: Names,
    t: Texts,
) -> Breakdown:
    """Sort as the address asks; who has no such figure stands last either way."""
    column, descending = _sorting(choice.sort)
    # Those of no segment are called "" among groups, and can be chosen by another name.
    none = NO_SEGMENT if choice.by == "segment" else ""
    named = [(names.of(choice.by, key), key or none, values) for key, values in groups]

    def heading(name: str, label: str) -> Heading:
        here = name == column
        # Numbers begin with the greatest, names with the first.
        down = not descending if here else name != NAME
        order = ("descending" if descending else "ascending") if here else ""
        return Heading(label, choice.address(sort=f"-{name}" if down else name), order)

    if column == NAME:
        named.sort(key=lambda each: each[0].casefold(), reverse=descending)
    else:
        named.sort(key=lambda each: each[0].casefold())
        named.sort(key=lambda each: _rank(each[2][column].value, descending))
    return Breakdown(
        headings=(
            heading(NAME, t(f"insights.dimension.{choice.by}")),
            *(heading(each, measures[each].labels[t.language]) for each in COLUMNS),
        ),
        rows=tuple(
            Row(
                name=name,
                link=choice.address(**{choice.by: key}) if key else "",
                numbers=tuple(
                    figure(values[each].value, measures[each].unit, t) for each in COLUMNS
                ),
            )
            for name, key, values in named
        ),
    )


def _sorting(asked: str) -> tuple[str, bool]:
    column = re.sub("^-", "", asked)
    return (column, asked.startswith("-")) if column in (NAME, *COLUMNS) else (COLUMNS[0], True)


def _rank(value: float | None, descending: bool) -> tuple[bool, float]:
    if value is None:
        return True, 0.0
    return False, -value if descending else value
