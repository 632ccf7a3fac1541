"""Which conversations are listed is what one finds by looking at each of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backends.feedback.models import Feedback
from backends.insights.events.models import Conversation
from backends.insights.measures import transcripts
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.filters import Filters
from backends.insights.measures.transcripts import ONLY, conversations
from tests.backends.insights.measures import world
from tests.backends.insights.measures.filled import FIRST, LAST, SOME
from tests.backends.insights.measures.oracle import TRUSTED


@pytest.mark.parametrize("only", ["", *ONLY])
@pytest.mark.parametrize("chosen", SOME, ids=str)
@pytest.mark.parametrize("few", [300, 0])
async def test_conversations(filled, monkeypatch, chosen, only, few):
    # Of a segment with few members they are looked for in another way.
    monkeypatch.setattr(transcripts, "_FEW", few)
    filters = Filters(FIRST, LAST - timedelta(days=3), **chosen)
    async with filled.read() as session:
        page = await conversations(session, filters, 1, only)
        everything = (await session.execute(select(Conversation))).scalars().all()
        unsolved = (
            (await session.execute(select(Feedback).where(Feedback.solved.is_(False))))
            .scalars()
            .all()
        )
    wanted = [
        talk
        for talk in everything
        if talk.customer_turns
        and filters.first <= day_of(talk.started_at) <= filters.last
        and all(getattr(talk, name) == value for name, value in chosen.items() if name != "segment")
        and _in_segment(talk, chosen.get("segment", ""))
        and _is(talk, only, everything, unsolved)
    ]
    wanted.sort(key=lambda talk: (talk.started_at, talk.id), reverse=True)
    assert [talk.id for talk in page.rows] == [talk.id for talk in wanted[:50]]
    assert page.more == (len(wanted) > 50)


def _in_segment(talk, segment):
    bound = talk.channel in TRUSTED
    customer = world.IDENTITIES.get((talk.channel, talk.sender)) if bound else None
    return not segment or segment in world.MEMBERS.get(customer, ["-"])


def _is(talk, only, everything, unsolved):
    if only == "unsolved":
        return any(_last_before(everything, each) == talk.id for each in unsolved)
    return {
        "": True,
        "fallback": talk.fallbacks > 0,
        "handed_over": talk.handed_over,
        "negative": talk.negative > 0,
    }[only]


def _last_before(everything, asked):
    before = [
        (talk.started_at, talk.id)
        for talk in everything
        if (talk.channel, talk.sender) == (asked.channel, asked.sender)
        and talk.started_at <= asked.asked_at
        and asked.asked_at - talk.started_at <= timedelta(days=2)
    ]
    return max(before)[1] if before else None
