"""Which figures somebody wants to see, as it stands in the address of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args
from urllib.parse import urlencode

from backends.clock import today
from backends.console.insights.periods import DEFAULT, PERIODS, Dates, dates_of, period_dates
from backends.console.insights.problem import Problem
from backends.console.visit import Visit
from backends.insights.measures.filters import Filters
from backends.insights.measures.models import NO_SEGMENT
from backends.insights.measures.query import Choices, Dimension

HOME = "/staff/insights"
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
#: Which conversations are wanted, of all that the filters leave.
KINDS = ("fallback", "handed_over", "negative", "unsolved")
_SORT = re.compile(r"-?[a-z_]{1,40}")
_LONGEST = 64


@dataclass(frozen=True)
class Choice:
    """The address of a page of insights, read; "" is no filter.

    Attributes:
        dates: the days, and how they were asked for.
        channel, language, segment, model: filters.
        by: the dimension of the breakdown.
        sort: its column, with a hyphen before it when the greatest comes first.
        only: one of `KINDS`.
        page: of the conversations, from 1.
        problems: what of the address could not be used.
    """

    dates: Dates
    channel: str = ""
    language: str = ""
    segment: str = ""
    model: str = ""
    by: Dimension = "channel"
    sort: str = "-conversations"
    only: str = ""
    page: int = 1
    problems: tuple[Problem, ...] = ()

    @property
    def filters(self) -> Filters:
        """The filters, as the measures take them."""
        chosen = {name: getattr(self, name) for name in DIMENSIONS}
        return Filters(first=self.dates.first, last=self.dates.last, **chosen)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but days is chosen."""
        return any(getattr(self, name) for name in DIMENSIONS)

    @property
    def back(self) -> str:
        """The query by which a transcript finds back to this list of conversations."""
        return self.address("/conversations", page=self.page).partition("?")[2]

    def filter(self, dimension: str) -> str:
        """The filter of a dimension."""
        return str(getattr(self, dimension))

    def address(self, place: str = "", **other: str | int) -> str:
        """The address of a page under `HOME` with this choice, or one that differs in something.

        Args:
            place: ``""``, ``/conversations`` or ``/export.csv``.
            other: fields that differ; ``period`` in place of the days.
        """
        dates = self.dates
        if "period" in other:
            dates = period_dates(str(other.pop("period")), today())
        changed = replace(self, **{"dates": dates, "page": 1, **other})  # type: ignore[arg-type]
        parts = changed._days_and_filters()
        if place == "":
            parts |= {"by": changed.by} if changed.by != DIMENSIONS[0] else {}
            parts |= {"sort": changed.sort} if changed.sort != "-conversations" else {}
        if place == "/conversations":
            parts |= {"only": changed.only} if changed.only else {}
            parts |= {"page": str(changed.page)} if changed.page > 1 else {}
        query = urlencode(parts)
        return f"{HOME}{place}?{query}" if query else HOME + place

    def between(self, first: date, last: date) -> str:
        """The address of the figures of other days."""
        dates = Dates(first, last, "", first.isoformat(), last.isoformat())
        return replace(self, dates=dates).address()

    def known(self, choices: Choices) -> Choice:
        """This choice without the filters for which there never was a conversation."""
        kept, problems = {}, list(self.problems)
        for name, values in options(choices).items():
            asked = getattr(self, name)
            kept[name] = asked if asked in ("", *values) else ""
            if kept[name] != asked:
                problems.append(Problem("unknown", value=asked, dimension=name))
        return replace(self, **kept, problems=tuple(problems))  # type: ignore[arg-type]

    def _days_and_filters(self) -> dict[str, str]:
        return dict(self._filled())

    def _filled(self) -> Iterator[tuple[str, str]]:
        if self.dates.period:
            if self.dates.period != DEFAULT:
                yield "period", self.dates.period
        else:
            yield from (("from", self.dates.asked_first), ("to", self.dates.asked_last))
        for name in DIMENSIONS:
            if value := getattr(self, name):
                yield name, value


def options(choices: Choices) -> Mapping[str, list[str]]:
    """What can be chosen of each dimension."""
    return {
        "channel": list(choices.channels),
        "language": list(choices.languages),
        "segment": [*choices.segments, NO_SEGMENT] if choices.segments else [],
        "model": list(choices.models),
    }


def choice_of(visit: Visit) -> Choice:
    """Read the address. What cannot be used is told by a problem, and all else is kept."""
    dates, problem = dates_of(
        visit.query("period"), visit.query("from"), visit.query("to"), today()
    )
    sort, by, only = visit.query("sort"), visit.query("by"), visit.query("only")
    page = visit.query("page")
    return Choice(
        dates=dates,
        **{name: visit.query(name)[:_LONGEST] for name in DIMENSIONS},
        by=next((each for each in DIMENSIONS if each == by), DIMENSIONS[0]),
        sort=sort if _SORT.fullmatch(sort) else "-conversations",
        only=only if only in KINDS else "",
        page=int(page) if re.fullmatch(r"[1-9][0-9]{0,5}", page) else 1,
        problems=(problem,) if problem else (),
    )


__all__ = ["DIMENSIONS", "HOME", "KINDS", "PERIODS", "Choice", "choice_of", "options"]
