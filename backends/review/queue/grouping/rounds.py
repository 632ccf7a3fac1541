"""One round of grouping: vectors of what is new, groups for it, titles and suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.knowledge.preparing import background
from backends.review.queue.examples import ExampleFiles, Examples
from backends.review.queue.grouping.clustering import AT_ONCE, Groups, place
from backends.review.queue.grouping.encoders import Stoppable
from backends.review.queue.grouping.space import Space
from backends.review.queue.models import ReviewGroup, ReviewMessage
from backends.review.queue.threads import Threads
from backends.review.queue.work import Lease
from backends.search.vector_cache import VectorCache

FloatArray = NDArray[np.float32]
Progress = Callable[[int], object]
_ENCODED_AT_ONCE = 256
_READ_AT_ONCE = 4000


@dataclass
class _Known:
    """All grouped messages, summed up by group."""

    groups: Groups
    ids: list[int] = field(default_factory=list)
    chances: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))


class Grouper:
    """Groups what is not grouped yet; one for each process.

    Args:
        db: the database.
        files: the NLU data, from which the space is learned.
        open_encoder: loads the encoder, at the first message.
        state: the folder where vectors of the examples are kept.
        threads: where the sums are done.
    """

    def __init__(
        self,
        db: Database,
        files: ExampleFiles,
        open_encoder: Callable[[], Stoppable],
        state: Path,
        threads: Threads,
    ) -> None:
        self._db = db
        self._files = files
        self._open = open_encoder
        self._state = state
        self._threads = threads
        self._encoder: Stoppable | None = None
        self._space: tuple[str, Space] | None = None

    async def run(self, lease: Lease, progress: Progress = lambda _: None) -> int:
        """Group all messages without a group; how many these were.

        Args:
            lease: of this work; renewed with each step.
            progress: told of messages that have got their vector.

        Raises:
            Lost: another process goes on with it.
            Stopped: the process ends.
        """
        examples = await self._threads.run(self._files.current)
        if not await self._anything(examples):
            return 0
        if self._encoder is None:
            self._encoder = await self._threads.run(self._open)
        encoder = self._encoder
        await self._encode(lease, encoder, progress)
        space, mark = await self._threads.run(self._learn, encoder, examples)
        known = await self._known(lease, space)
        grouped, touched = 0, set()
        while True:
            ids, vectors = await self._new()
            if not ids:
                break
            numbers, features_of = await self._threads.run(_place, space, vectors, known)
            touched |= await self._write(lease, ids, numbers, known, mark)
            known.chances = features_of
            grouped += len(ids)
        await self._describe(lease, space, known, touched, mark)
        return grouped

    async def _anything(self, examples: Examples) -> bool:
        async with self._db.read() as session:
            new = await session.execute(
                select(ReviewMessage.id).where(ReviewMessage.group_id.is_(None)).limit(1)
            )
            if new.first() is not None:
                return True
            if self._encoder is None:
                # A mark names the encoder too, but the encoder is not loaded for nothing.
                marks = await session.execute(select(ReviewGroup.mark).distinct().limit(2))
                return any(not mark.startswith(examples.mark) for (mark,) in marks)
            mark = _mark(self._encoder, examples)
            stale = await session.execute(
                select(ReviewGroup.id).where(ReviewGroup.mark != mark).limit(1)
            )
            return stale.first() is not None

    async def _encode(self, lease: Lease, encoder: Stoppable, progress: Progress) -> None:
        while True:
            async with self._db.read() as session:
                rows = await session.execute(
                    select(ReviewMessage.id, ReviewMessage.text)
                    .where(
                        or_(ReviewMessage.encoder.is_(None), ReviewMessage.encoder != encoder.mark)
                    )
                    .limit(_ENCODED_AT_ONCE)
                )
                found = rows.all()
            if not found:
                return
            made = await self._threads.run(encoder.encode, [text for _, text in found])
            async with self._db.write() as session:
                await lease.renew(session)
                for (number, _), vector in zip(found, made, strict=True):
                    await session.execute(
                        update(ReviewMessage)
                        .where(ReviewMessage.id == number)
                        .values(vector=vector.astype(np.float16).tobytes(), encoder=encoder.mark)
                        .execution_options(synchronize_session=False)
                    )
            progress(len(found))

    def _learn(self, encoder: Stoppable, examples: Examples) -> tuple[Space, str]:
        mark = _mark(encoder, examples)
        if self._space is None or self._space[0] != mark:
            texts = [text for text, _ in examples.texts]
            cache = VectorCache(self._state, "review", encoder, kind="query")  # type: ignore[arg-type]
            made = cache.vectors([*texts, *background()])
            space = Space(
                made[: len(texts)], [intent for _, intent in examples.texts], made[len(texts) :]
            )
            self._space = (mark, space)
        return self._space[1], mark

    async def _known(self, lease: Lease, space: Space) -> _Known:
        """Sum up all that is grouped; in parts, since it may be much."""
        sums: dict[int, FloatArray] = {}
        chances: dict[int, FloatArray] = {}
        sizes: dict[int, int] = defaultdict(int)
        last, dim = 0, 0
        while True:
            async with self._db.read() as session:
                rows = await session.execute(
                    select(ReviewMessage.id, ReviewMessage.group_id, ReviewMessage.vector)
                    .where(ReviewMessage.id > last, ReviewMessage.group_id.is_not(None))
                    .order_by(ReviewMessage.id)
                    .limit(_READ_AT_ONCE)
                )
                found = rows.all()
            if not found:
                break
            last = found[-1][0]
            vectors = _vectors([vector for _, _, vector in found])
            features, likely = await self._threads.run(space.features, vectors)
            for at, (_, group, _) in enumerate(found):
                sums[group] = sums.get(group, 0) + features[at]
                chances[group] = chances.get(group, 0) + likely[at]
                sizes[group] += 1
            dim = features.shape[1]
        ids = sorted(sizes)
        if not ids:
            return _Known(Groups.none(0))
        groups = Groups(
            np.stack([sums[one] for one in ids]).reshape(len(ids), dim),
            np.array([sizes[one] for one in ids], np.int64),
        )
        return _Known(groups, ids, np.stack([chances[one] for one in ids]))

    async def _new(self) -> tuple[list[int], FloatArray]:
        async with self._db.read() as session:
            rows = await session.execute(
                select(ReviewMessage.id, ReviewMessage.vector)
                .where(ReviewMessage.group_id.is_(None), ReviewMessage.vector.is_not(None))
                .order_by(ReviewMessage.id)
                .limit(AT_ONCE)
            )
            found = rows.all()
        return [number for number, _ in found], _vectors([vector for _, vector in found])

    async def _write(
        self, lease: Lease, ids: list[int], numbers: NDArray[np.int64], known: _Known, mark: str
    ) -> set[int]:
        """Write the groups; returns the ids of those that have something new."""
        members: dict[int, list[int]] = defaultdict(list)
        for number, at in zip(ids, numbers.tolist(), strict=True):
            members[at].append(number)
        async with self._db.write() as session:
            await lease.renew(session)
            made = [
                ReviewGroup(suggestions=[], mark="", made_at=now())
                for _ in range(len(known.groups.sizes) - len(known.ids))
            ]
            session.add_all(made)
            await session.flush()
            known.ids += [group.id for group in made]
            for at, some in members.items():
                for begin in range(0, len(some), 400):
                    await session.execute(
                        update(ReviewMessage)
                        .where(
                            ReviewMessage.id.in_(some[begin : begin + 400]),
                            ReviewMessage.group_id.is_(None),
                        )
                        .values(group_id=known.ids[at])
                        .execution_options(synchronize_session=False)
                    )
        return {known.ids[at] for at in members}

    async def _describe(
        self, lease: Lease, space: Space, known: _Known, touched: set[int], mark: str
    ) -> None:
        """Give titles to the groups that were touched, and suggestions to all that have old ones."""
        async with self._db.read() as session:
            rows = await session.execute(select(ReviewGroup.id).where(ReviewGroup.mark != mark))
            stale = {number for (number,) in rows}
        place_of = {number: at for at, number in enumerate(known.ids)}
        todo = sorted((touched | stale) & set(place_of))
        for begin in range(0, len(todo), 100):
            some = todo[begin : begin + 100]
            titles = await self._titles([one for one in some if one in touched], space)
            async with self._db.write() as session:
                await lease.renew(session)
                for number in some:
                    await _note(session, number, space, known, place_of[number], titles, mark)

    async def _titles(self, groups: list[int], space: Space) -> dict[int, int]:
        """The message of each group that is most similar to all of them."""
        async with self._db.read() as session:
            rows = await session.execute(
                select(ReviewMessage.group_id, ReviewMessage.id, ReviewMessage.vector)
                .where(ReviewMessage.group_id.in_(groups))
                .order_by(ReviewMessage.id)
            )
            found = rows.all()
        if not found:
            return {}
        features, _ = await self._threads.run(space.features, _vectors([row[2] for row in found]))
        owner = np.array([row[0] for row in found])
        titles = {}
        for group in set(owner.tolist()):
            at = np.flatnonzero(owner == group)
            own = features[at]
            titles[group] = found[at[int((own @ own.sum(0)).argmax())]][1]
        return titles


async def _note(
    session: AsyncSession,
    number: int,
    space: Space,
    known: _Known,
    at: int,
    titles: dict[int, int],
    mark: str,
) -> None:
    mean = known.chances[at] / known.groups.sizes[at]
    likely = space.suggestions(mean) if len(mean) else []
    values: dict[str, Any] = {
        "suggestions": [{"intent": intent, "score": score} for intent, score in likely],
        "intent": likely[0][0] if likely else None,
        "mark": mark,
    }
    if number in titles:
        values["title_id"] = titles[number]
    await session.execute(
        update(ReviewGroup)
        .where(ReviewGroup.id == number)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _place(
    space: Space, vectors: FloatArray, known: _Known
) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the group of each message and the sums of probabilities of all groups after it."""
    features, likely = space.features(vectors)
    if not len(known.groups.sizes):
        known.groups = Groups.none(features.shape[1])
        known.chances = np.zeros((0, likely.shape[1]), np.float32)
    numbers = place(features, known.groups)
    chances = np.zeros((len(known.groups.sizes), likely.shape[1]), np.float32)
    chances[: len(known.chances)] = known.chances
    np.add.at(chances, numbers, likely)
    return numbers, chances


def _vectors(stored: list[bytes]) -> FloatArray:
    if not stored:
        return np.zeros((0, 0), np.float32)
    return np.stack([np.frombuffer(each, np.float16) for each in stored]).astype(np.float32)


def _mark(encoder: Stoppable, examples: Examples) -> str:
    return examples.mark + encoder.mark[:8]
