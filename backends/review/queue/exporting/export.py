"""One export: plan, files, marks, and the file of labelled messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.knowledge.reading import read_folder
from backends.review.queue import reading
from backends.review.queue.examples import read_examples
from backends.review.queue.exporting.files import Places, changes, diff, locked, replace
from backends.review.queue.exporting.plan import Plan, decided, make_plan
from backends.review.queue.exporting.reviewed import labelled, write_lines
from backends.review.queue.models import ReviewDecision, ReviewMessage
from backends.review.queue.orders import Known
from backends.review.queue.settings import ReviewSettings
from backends.setup_error import SetupError

_AT_ONCE = 400


@dataclass(frozen=True)
class Exported:
    """What an export did, or would do.

    Attributes:
        diff: all changes of files.
        examples, intents, articles: how many examples were added, which intents are new, which
            articles are new or can be asked in other ways.
        messages: how many messages are done with.
        labelled: lines of the file of labelled messages; 0 when it was only a try.
        problems: sentences about messages that stay.
    """

    diff: str
    examples: int
    intents: list[str]
    articles: list[str]
    messages: int
    labelled: int
    problems: list[str]


async def export(
    db: Database, settings: ReviewSettings, knowledge: Path, dry_run: bool, root: Path
) -> Exported:
    """Write what was decided into the files and mark it, or only say what would be written.

    The marks are committed after the files are there. Stopped between the two, the next export finds
    the texts in the files, writes none of them again, and marks them.

    Args:
        db: the database.
        settings: where the NLU data and the domain lie.
        knowledge: where the articles lie.
        dry_run: whether nothing is changed.
        root: what paths of the diff are relative to.

    Raises:
        SetupError: a file cannot be used; nothing was changed.
    """
    places = Places(settings.nlu_data, settings.domain, knowledge)
    with locked(places, settings.state):
        async with db.read() as session:
            rows = await decided(session)
            known = await _known(session, places)
        if known.examples.problems:
            raise SetupError(" ".join(known.examples.problems))
        plan = make_plan(rows, known)
        found = changes(plan, places, known.examples)
        shown = diff(found, root)
        if not dry_run:
            async with db.write() as session:
                await _mark(session, plan, now())
                replace(found)
        count = 0
        if not dry_run:
            async with db.read() as session:
                fresh = await _known(session, places)
                lines = await labelled(session, fresh, now())
            write_lines(settings.reviewed, lines)
            count = len(lines)
    return Exported(
        diff=shown,
        examples=sum(map(len, plan.examples.values()))
        + sum(len(written) for _, written in plan.intents.values()),
        intents=list(plan.intents),
        articles=list(plan.articles),
        messages=sum(map(len, plan.messages.values())),
        labelled=count,
        problems=plan.problems,
    )


async def _known(session: AsyncSession, places: Places) -> Known:
    made, planned = await reading.planned(session)
    return Known(
        read_examples(places.nlu),
        places.nlu,
        read_folder(places.knowledge).articles,
        made,
        planned,
    )


async def _mark(session: AsyncSession, plan: Plan, moment: datetime) -> None:
    """Mark what is in the files from now on.

    Raises:
        SetupError: a decision was undone since it was read.
    """
    for decision, ids in plan.messages.items():
        marked = 0
        for at in range(0, len(ids), _AT_ONCE):
            done = await session.execute(
                update(ReviewMessage)
                .where(
                    ReviewMessage.id.in_(ids[at : at + _AT_ONCE]),
                    ReviewMessage.decision_id == decision,
                    ReviewMessage.exported_at.is_(None),
                )
                .values(exported_at=moment)
                .execution_options(synchronize_session=False)
            )
            marked += done.rowcount
        if marked != len(ids):
            raise SetupError("A decision has just been undone: run the export again.")
        waits = exists().where(
            ReviewMessage.decision_id == decision, ReviewMessage.exported_at.is_(None)
        )
        await session.execute(
            update(ReviewDecision)
            .where(ReviewDecision.id == decision, ~waits)
            .values(exported_at=moment)
            .execution_options(synchronize_session=False)
        )
