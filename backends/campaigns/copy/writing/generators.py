"""The language model that writes copy, if there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from backends.campaigns.copy.settings import CopySettings
from xiaoer.lm.causal_folder import DESCRIPTION
from xiaoer.lm.generator import Generator, GeneratorError
from xiaoer.lm.local_generator import LocalGenerator
from xiaoer.lm.remote_generator import RemoteGenerator

log = structlog.get_logger("backends.campaigns")

#: Candidates of one request, and how freely a remote model writes.
_CANDIDATES, _TEMPERATURE = 3, 0.9


class OpeningError(GeneratorError):
    """A trained writer is there and not yet open."""


@dataclass(frozen=True)
class Named:
    """A generator and its name."""

    generator: Generator
    name: str


class Generators:
    """Holds the generator: an endpoint by URL, else the newest trained one, else none.

    A trained one is opened in a thread when first asked for, and again when a newer one is there.

    Args:
        settings: which.
    """

    def __init__(self, settings: CopySettings) -> None:
        self._settings = settings
        self._remote: tuple[object, Named] | None = None
        self._local: tuple[Path, Named | None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def current(self, instructions: Mapping[str, str]) -> Named | None:
        """Return the generator, None when there is none.

        Args:
            instructions: the system message for an endpoint, by language.

        Raises:
            OpeningError: the trained one is being opened; the next brief will find it.
            GeneratorError: the URL cannot be used.
        """
        if self._settings.url:
            return self._endpoint(instructions)
        folder = await asyncio.to_thread(newest_writer, self._settings.writers)
        if folder is None:
            return None
        if self._local is None or self._local[0] != folder:
            if self._opening is None or self._opening.done():
                self._opening = asyncio.get_running_loop().create_task(self._open(folder))
            # It takes seconds: the former one, or templates, write until it is there.
            if self._local is None:
                raise OpeningError("The trained writer is being opened.")
        return self._local[1] if self._local else None

    async def close(self) -> None:
        """Stop what is being written."""
        for task in (*self._closing, *([self._opening] if self._opening else [])):
            task.cancel()
        for held in (self._remote, self._local):
            if held and held[1]:
                with suppress(GeneratorError):
                    await held[1].generator.close()

    def _endpoint(self, instructions: Mapping[str, str]) -> Named:
        mark = tuple(sorted(instructions.items()))
        if self._remote is None or self._remote[0] != mark:
            if self._remote is not None:
                self._let_go(self._remote[1].generator)
            settings = self._settings
            key = settings.key.get_secret_value() if settings.key else None
            made = RemoteGenerator(
                settings.url or "",
                settings.model,
                instructions,
                key,
                temperature=_TEMPERATURE,
                candidates=_CANDIDATES,
            )
            self._remote = mark, Named(made, f"remote:{settings.model}"[:80])
        return self._remote[1]

    async def _open(self, folder: Path) -> None:
        former = self._local
        try:
            opened = await asyncio.to_thread(
                LocalGenerator.open, folder, None, self._settings.threads
            )
            named: Named | None = Named(opened, f"local:{folder.name}"[:80])
            log.info("copy is written by a trained model", writer=folder.name)
        except GeneratorError as error:
            named = None
            log.warning("the trained writer cannot be opened", error=str(error)[:200])
        self._local = folder, named
        if former and former[1]:
            self._let_go(former[1].generator)

    def _let_go(self, generator: Generator) -> None:
        """Close one that was replaced when what it writes must be finished."""

        async def later() -> None:
            await asyncio.sleep(self._settings.deadline)
            await generator.close()

        task = asyncio.get_running_loop().create_task(later())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def newest_writer(folder: Path) -> Path | None:
    """Return the newest trained writer; their names begin with the moment they were made."""
    try:
        found = sorted(path for path in folder.iterdir() if path.name[:1] != ".")
    except OSError:
        return None
    return next((path for path in reversed(found) if (path / DESCRIPTION).is_file()), None)
