"""The catalogue as it stands now: the index follows the database, work goes on in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.engine import Found, Hit, SearchEngine
from backends.catalog.snapshot import Item, Snapshot, read_snapshot, read_version
from backends.catalog.vectors import VectorIndex, texts_of
from backends.db import Database
from backends.search.settings import SearchSettings
from backends.search.vector_cache import VectorCache, Vectors
from backends.search.workshop import Workshop

log = structlog.get_logger("backends.catalog")

_SESSION_KEY = "catalog"
_MOST_SIMILAR = 200


@dataclass
class _State:
    engine: SearchEngine
    vectors: VectorIndex | None = None
    # By product id; the same for as long as the state is.
    similar: dict[str, list[Item]] = field(default_factory=dict)


class Catalog:
    """Search over the products in the database; one for each server process.

    Args:
        settings: which encoder, which Qdrant, where vectors are kept.
    """

    def __init__(self, settings: SearchSettings) -> None:
        self._workshop = Workshop(settings, "catalog")
        self._building = asyncio.Lock()
        self._state: _State | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, database: Database) -> None:
        """Load the encoder and index what is in the database; without either, start all the same.

        What is wrong is logged: without an encoder the search goes on by words alone.
        """
        await self._workshop.open()
        try:
            async with database.read() as session:
                await self._current(session)
        except Exception as error:
            log.warning("the catalogue is indexed at the first request", error=type(error).__name__)

    async def stop(self) -> None:
        """End the threads."""
        for task in self._tasks:
            task.cancel()
        self._workshop.close()

    async def snapshot(self, session: AsyncSession) -> Snapshot:
        """Return the catalogue as it is in the database now."""
        return (await self._current(session)).engine.snapshot

    async def search(
        self,
        session: AsyncSession,
        query: str,
        allowed: Callable[[Item, Any], bool],
    ) -> Found:
        """Find the products for a customer's words, best first.

        Args:
            session: a read session.
            query: any text.
            allowed: whether the filters let a product through, given how the query was read.
        """
        state = await self._current(session)
        engine = state.engine
        meant = await self._workshop.run(engine.interpret, query)
        named = engine.by_identifier(query)
        if named is not None:
            known = [Hit(named, 1.0, (named.id,))] if allowed(named, meant) else []
            return Found(meant, tuple(known))
        lift = await self._lift(state, meant.text) if meant.terms else None
        hits = await self._workshop.run(
            engine.search, meant, lift, lambda item: allowed(item, meant)
        )
        return Found(meant, hits)

    async def similar(self, session: AsyncSession, item: Item) -> list[Item]:
        """Return other products like one, the most alike first; of its category without vectors."""
        state = await self._current(session)
        if item.id in state.similar:
            return state.similar[item.id]
        by_id = state.engine.snapshot.by_id
        if state.vectors is not None and self._workshop.awake():
            near = await self._workshop.guarded(state.vectors.like, item.id)
            if near is not None:
                alike = [by_id[name] for name, _ in near if name in by_id]
                state.similar[item.id] = alike[:_MOST_SIMILAR]
                return state.similar[item.id]
        others = [other for other in by_id.values() if other.category.id == item.category.id]
        others.sort(key=lambda other: abs(other.price - item.price))
        return [other for other in others if other.id != item.id]

    def text_vectors(self) -> tuple[Mapping[str, Vectors], str]:
        """Return (dim,) the text vector of each product by id, and the encoder's fingerprint.

        Nothing and "" without an encoder, and while the vectors are still being made.
        """
        if self._state is None or self._state.vectors is None:
            return {}, ""
        return self._state.vectors.products, self._workshop.encoder.fingerprint()

    async def _current(self, session: AsyncSession) -> _State:
        """Return the state of the database's version; within one session it stays the same."""
        state = session.info.get(_SESSION_KEY)
        if state is None:
            state = session.info[_SESSION_KEY] = await self._newest(session)
        return state

    async def _newest(self, session: AsyncSession) -> _State:
        version = await read_version(session)
        state = self._state
        if state is not None and state.engine.snapshot.version == version:
            return state
        async with self._building:
            state = self._state
            if state is not None and state.engine.snapshot.version == version:
                return state
            snapshot = await read_snapshot(session)
            state = _State(await self._workshop.run(SearchEngine, snapshot, self._word_test()))
            self._state = state
            await self._start_vectors(state)
            return state

    async def _start_vectors(self, state: _State) -> None:
        """Index the vectors now when all are kept on disk, else beside the requests."""
        if self._workshop.encoder is None:
            return
        snapshot = state.engine.snapshot
        cache = await self._workshop.run(
            VectorCache, self._workshop.settings.state, "product", self._workshop.encoder
        )
        missing = cache.missing(texts_of(snapshot))
        work = self._index_vectors(state, cache)
        if not missing:
            await work
            return
        log.info("product texts become vectors; until then the search goes by words", texts=missing)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _index_vectors(self, state: _State, cache: VectorCache) -> None:
        try:
            state.vectors = await self._workshop.run(
                VectorIndex,
                state.engine.snapshot,
                self._workshop.encoder,
                cache,
                self._workshop.client,
            )
            log.info(
                "the search goes by words and vectors", products=len(state.engine.snapshot.items)
            )
        except Exception as error:
            log.warning("search goes on by words alone", error=str(error)[:200])

    async def _lift(self, state: _State, text: str) -> NDArray[np.float32] | None:
        if state.vectors is None or not self._workshop.awake():
            return None
        return await self._workshop.guarded(state.vectors.lift, text)

    def _word_test(self) -> Callable[[str], bool] | None:
        """A real word is one piece of the encoder's vocabulary, a misspelt one is several."""
        encoder = self._workshop.encoder
        return None if encoder is None else lambda word: len(encoder.subwords(word)) == 1
