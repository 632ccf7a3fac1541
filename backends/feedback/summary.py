"""What customers said, counted, each figure with what it is a share of."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from backends.feedback.models import Feedback
from backends.feedback.schemas import Promotion, Satisfaction, Share, Summary

_SATISFIED, _PROMOTER, _DETRACTOR = 4, 9, 6


async def summary(session: AsyncSession, first: date, last: date) -> Summary:
    """Count the questions of these days, both included, and their answers."""
    row = await session.execute(
        select(
            func.count().label("asked"),
            func.count(Feedback.answered_at).label("answered"),
            func.count(Feedback.solved).label("solved_of"),
            _number(Feedback.solved).label("solved"),
            func.count(Feedback.csat).label("csat_of"),
            func.sum(Feedback.csat).label("csat_sum"),
            _number(Feedback.csat >= _SATISFIED).label("satisfied"),
            func.count(Feedback.nps).label("nps_of"),
            _number(Feedback.nps >= _PROMOTER).label("promoters"),
            _number(Feedback.nps <= _DETRACTOR).label("detractors"),
            func.count(Feedback.comment).label("comments"),
        ).where(Feedback.day.between(first, last))
    )
    found: Any = row.one()
    promoters, detractors = found.promoters or 0, found.detractors or 0
    return Summary(
        **{"from": first, "to": last},
        response_rate=_share(found.answered, found.asked),
        solved=_share(found.solved or 0, found.solved_of),
        csat=Satisfaction(
            share=_part(found.satisfied or 0, found.csat_of),
            mean=_part(found.csat_sum or 0, found.csat_of),
            of=found.csat_of,
        ),
        nps=Promotion(
            score=_part(100 * (promoters - detractors), found.nps_of),
            promoters=promoters,
            passives=found.nps_of - promoters - detractors,
            detractors=detractors,
            of=found.nps_of,
        ),
        comments=found.comments,
    )


def _number(holds: ColumnElement) -> ColumnElement:
    """In how many rows it holds; one where nothing was answered does not."""
    return cast(func.sum(case((holds, 1), else_=0)), Integer)


def _share(part: int, of: int) -> Share:
    return Share(share=_part(part, of), of=of)


def _part(part: int, of: int) -> float | None:
    return round(part / of, 4) if of else None
