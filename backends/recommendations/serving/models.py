"""The recommender that serves now: it follows the folder of models and the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from backends.catalog.snapshot import Snapshot
from backends.recommendations.factorization.archive import Archive, ModelFileError
from backends.recommendations.factorization.observations import Floats
from backends.recommendations.learning.store import ModelStore
from backends.recommendations.serving.recommender import Recommender

log = structlog.get_logger("backends.recommendations")


class ServingModel:
    """Gives requests a recommender; a new model or catalogue is made ready beside them.

    Args:
        store: the models on disk.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._stamp: int | None = None
        self._name: str | None = None
        self._archive: Archive | None = None
        self._made_of: tuple[str, str] | None = None
        self._recommender: Recommender | None = None
        self._making: asyncio.Task[None] | None = None

    @property
    def name(self) -> str | None:
        """The name of the model that is to serve, None when there is none."""
        self._look()
        return self._name

    async def recommender(
        self, snapshot: Snapshot, texts: Mapping[str, Floats], encoder: str
    ) -> Recommender | None:
        """Return a recommender, None while there is no model.

        The first is waited for; afterwards the old one serves until the new one is ready.
        """
        name = self.name
        wanted = (name or "", f"{snapshot.version}:{encoder if texts else ''}")
        if name is None or not snapshot.items:
            return None
        if wanted != self._made_of and self._making is None:
            self._making = asyncio.get_running_loop().create_task(
                self._make(wanted, snapshot, texts, encoder)
            )
        if self._recommender is None and self._making is not None:
            await asyncio.shield(self._making)
        return self._recommender

    def _look(self) -> None:
        """Read the pointer when it has changed."""
        try:
            stamp = self._store.pointer.stat().st_mtime_ns
        except OSError:
            stamp = None
        if stamp != self._stamp:
            self._stamp = stamp
            self._name = self._store.current()

    async def _make(
        self,
        wanted: tuple[str, str],
        snapshot: Snapshot,
        texts: Mapping[str, Floats],
        encoder: str,
    ) -> None:
        name = wanted[0]
        try:
            if self._made_of is None or self._made_of[0] != name or self._archive is None:
                self._archive = await asyncio.to_thread(self._store.load, name)
            self._recommender = await asyncio.to_thread(
                Recommender, self._archive, snapshot, texts, encoder
            )
            log.info("a model recommends", model=name, products=len(snapshot.items))
        except (ModelFileError, KeyError, TypeError, ValueError) as error:
            why = str(error) if isinstance(error, ModelFileError) else type(error).__name__
            log.error("the model cannot be used, the one before goes on", model=name, error=why)
        finally:
            # A model that cannot be used is not tried again until there is another.
            self._made_of = wanted
            self._making = None
