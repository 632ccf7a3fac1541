"""What the pages of outreach show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backends.campaigns.copy.approved import approved_for
from backends.campaigns.experiments import service as experiments
from backends.campaigns.outreach.audience import MOST_LIKELY
from backends.campaigns.outreach.choosing import approved_now
from backends.campaigns.outreach.counts import Counts, counts_of
from backends.campaigns.outreach.desk import Desk
from backends.campaigns.outreach.models import Outreach
from backends.campaigns.outreach.planning import by_reference
from backends.clock import SHOP_TIME
from backends.console.visit import Visit
from backends.db import now
from backends.errors import ApiError

_A_PAGE = 30
#: Approved copy to choose from, the newest.
_MOST_COPIES = 30
_LASTS = timedelta(days=3)


@dataclass(frozen=True)
class Preview:
    """A variant as customers read it; ``text`` is "" when it is not approved any more."""

    reference: str
    language: str
    channel: str
    text: str


@dataclass(frozen=True)
class Choices:
    """What the form offers."""

    segments: Sequence[tuple[str, str, int]]
    copies: Sequence[Preview]
    experiments: Sequence[experiments.ExperimentSummary]
    ends_at: str
    most_likely: int


@dataclass(frozen=True)
class One:
    """One outreach."""

    outreach: Outreach
    audience: str
    counts: Counts
    previews: Sequence[Preview]
    done: int


async def listed(visit: Visit, number: int) -> tuple[list[tuple[Outreach, str, Counts]], bool]:
    """A page of the list, and whether there is another."""
    names = await _names(visit)
    async with visit.db.read() as session:
        newest = select(Outreach).order_by(Outreach.id.desc())
        newest = newest.limit(_A_PAGE + 1).offset((number - 1) * _A_PAGE)
        rows = list((await session.execute(newest)).scalars())
        counts = await counts_of(session, [row.id for row in rows])
    shown = [(row, _audience(visit, row, names), counts[row.id]) for row in rows[:_A_PAGE]]
    return shown, len(rows) > _A_PAGE


async def choices(visit: Visit, desk: Desk) -> Choices:
    """What there is to choose from now."""
    names = await _names(visit)
    try:
        sizes = await desk.audiences.sizes()
    except ApiError:
        sizes = {}
    async with visit.db.read() as session:
        copies = await approved_for(session)
        running = await experiments.running(session)
    ends = (now() + _LASTS).astimezone(SHOP_TIME)
    return Choices(
        [(name, names.get(name, name), size) for name, size in sizes.items()],
        [
            Preview(one.reference, one.language, one.channel, _text(desk, one))
            for one in list(copies)[:_MOST_COPIES]
        ],
        running,
        f"{ends:%Y-%m-%dT%H:%M}",
        MOST_LIKELY,
    )


async def one(visit: Visit, desk: Desk, reference: str) -> One:
    """One outreach with its counts.

    Raises:
        ApiError: 404 when there is none.
    """
    names = await _names(visit)
    async with visit.db.read() as session:
        found = await by_reference(session, reference)
        counts = (await counts_of(session, [found.id]))[found.id]
        previews = []
        for each in found.copies:
            copy = await approved_now(session, each)
            if copy is None:
                previews.append(Preview(each, "", "", ""))
            else:
                text = _text(desk, copy)
                previews.append(Preview(each, copy.language, copy.channel, text))
    done = counts.audience - counts.waiting
    return One(found, _audience(visit, found, names), counts, previews, done)


def _text(desk: Desk, copy: Any) -> str:
    return desk.rules.message(copy.text, copy.language)


async def _names(visit: Visit) -> dict[str, str]:
    """What the segments are called in the visitor's language; none while the file is broken."""
    try:
        segments = await visit.request.app.ctx.outreach.audiences.segments()
    except ApiError:
        return {}
    zh = visit.texts.language == "zh"
    return {name: one.zh if zh else one.en for name, one in segments.items()}


def _audience(visit: Visit, row: Outreach, names: Mapping[str, str]) -> str:
    asked = row.audience
    if asked["kind"] == "segment":
        return names.get(asked["segment"], asked["segment"])
    if asked["kind"] == "product":
        return visit.texts(
            "outreach.audience.product_of", product=asked["product"], limit=asked["limit"]
        )
    return visit.texts("outreach.audience.everybody")
