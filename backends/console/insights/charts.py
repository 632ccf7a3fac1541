"""What the charts show, as tables: the script draws what stands in them.

A chart and the table that says the same thus cannot differ, and who reads no chart, or has no
script, reads the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backends.console.insights.formats import figure
from backends.console.texts import Texts
from backends.insights.measures.definitions import Measure
from backends.insights.measures.query import IntentCount, Value

Days = Sequence[tuple[date, Mapping[str, Value]]]


@dataclass(frozen=True)
class Cell:
    """A number of a table: as it is drawn, and as it is read."""

    value: float | None
    text: str


@dataclass(frozen=True)
class Column:
    """A column of a table, and how it is drawn.

    Attributes:
        label: its heading.
        mark: ``bar`` or ``line``; "" for a column that is not drawn.
        colour: a name among the style sheet's ``--chart-…``.
    """

    label: str
    mark: str
    colour: str


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: of its texts, ``insights.chart.<name>``.
        kind: ``days`` (upright, by day), ``stack`` (the same, one bar on the other) or ``mix``
            (lying bars).
        unit: of its axis: ``count``, ``share`` or ``points`` (-100 to 100).
        heading: of the first column.
        columns: of the others.
        rows: a key, how it is read, and a cell for each column.
    """

    name: str
    kind: str
    unit: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(cell.value for _, _, cells in self.rows for cell in cells)


def charts(
    measures: Mapping[str, Measure],
    by_day: Days,
    sentiment: Sequence[tuple[date, int, int, int]],
    intents: Sequence[IntentCount],
    t: Texts,
) -> list[Chart]:
    """All charts, in the order of the page."""
    labels = {name: measure.labels[t.language] for name, measure in measures.items()}
    return [
        _volume(by_day, labels, t),
        _shares("containment", by_day, measures, ("containment", "handover_rate"), t),
        _sentiment(sentiment, t),
        _satisfaction(by_day, measures, t),
        _mix(intents, t),
    ]


def _volume(by_day: Days, labels: Mapping[str, str], t: Texts) -> Chart:
    def fallbacks(values: Mapping[str, Value]) -> Cell:
        rate = values["fallback_rate"]
        return _count(round((rate.value or 0) * rate.of))

    rows = (
        _day(day, (_count(int(values["conversations"].value or 0)), fallbacks(values)))
        for day, values in by_day
    )
    columns = (
        Column(labels["conversations"], "bar", "main"),
        Column(t("insights.fallbacks"), "bar", "bad"),
    )
    return Chart("volume", "days", "count", t("insights.day"), columns, tuple(rows))


def _shares(
    name: str, by_day: Days, measures: Mapping[str, Measure], drawn: tuple[str, str], t: Texts
) -> Chart:
    columns = tuple(
        Column(measures[each].labels[t.language], "line", colour)
        for each, colour in zip(drawn, ("good", "warn"), strict=True)
    )
    rows = tuple(
        _day(day, tuple(_cell(values[each], measures[each].unit, t) for each in drawn))
        for day, values in by_day
    )
    return Chart(name, "days", "share", t("insights.day"), columns, rows)


def _satisfaction(by_day: Days, measures: Mapping[str, Measure], t: Texts) -> Chart:
    def csat(value: Value) -> Cell:
        text = figure(value.value, measures["csat"].unit, t)
        return Cell(None if value.value is None else value.value * 100, text)

    rows = tuple(
        _day(day, (csat(values["csat"]), _cell(values["nps"], measures["nps"].unit, t)))
        for day, values in by_day
    )
    columns = (
        Column(measures["csat"].labels[t.language], "line", "good"),
        Column(measures["nps"].labels[t.language], "line", "main"),
    )
    return Chart("satisfaction", "days", "points", t("insights.day"), columns, rows)


def _sentiment(days: Sequence[tuple[date, int, int, int]], t: Texts) -> Chart:
    columns = tuple(
        Column(t(f"insights.sentiment.{each}"), "bar", colour)
        for each, colour in (("negative", "bad"), ("neutral", "soft"), ("positive", "good"))
    )
    rows = tuple(_day(day, tuple(_count(count) for count in counts)) for day, *counts in days)
    return Chart("sentiment", "stack", "count", t("insights.day"), columns, rows)


def _mix(intents: Sequence[IntentCount], t: Texts) -> Chart:
    columns = (
        Column(t("insights.messages"), "bar", "main"),
        Column(t("insights.share"), "", ""),
    )
    rows = tuple(
        (
            one.intent,
            one.intent,
            (_count(one.count), Cell(one.share, figure(one.share, "share", t))),
        )
        for one in intents
    )
    return Chart("intents", "mix", "count", t("insights.intent"), columns, rows)


def _day(day: date, cells: tuple[Cell, ...]) -> tuple[str, str, tuple[Cell, ...]]:
    return day.isoformat(), f"{day:%m-%d}", cells


def _count(count: int) -> Cell:
    return Cell(count, f"{count:,}")


def _cell(value: Value, unit: str, t: Texts) -> Cell:
    return Cell(value.value, figure(value.value, unit, t))
