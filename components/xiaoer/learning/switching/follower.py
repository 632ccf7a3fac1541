"""Keeps a running agent at the newest model of its folder."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rasa.core.agent import Agent

from xiaoer.archives import Archive, ArchiveError, metadata, newest
from xiaoer.learning.switching.loading import load, put_in_place

logger = logging.getLogger(__name__)

#: Archives written less than this before a server began to load may have been missed by it.
_RACE_SECONDS = 1.0
#: How long the loading thread may keep Python's lock from those who want it.
_SWITCH_SECONDS = 0.0001


class Follower:
    """Looks for a newer model and lets the agent change to it.

    Args:
        agent: The running server's agent.
        seconds: Between two looks.
        since: When the server started (seconds since 1970): a model written after that is taken
            even when the server was started with another one by name.
    """

    def __init__(self, agent: Agent, seconds: float, since: float) -> None:
        self.agent = agent
        self.refused = ""
        self.loading = ""
        self._seconds = seconds
        self._folder = _folder_of(agent)
        self._settled = self._first(since)
        self._seen: Archive | None = None

    @property
    def follows(self) -> Path | None:
        """The folder of models, or None where the model came from elsewhere."""
        return self._folder

    async def run(self) -> None:
        """Look again and again until cancelled."""
        if self._folder is None:
            logger.warning(
                "The model of this server is in no folder, so nothing is there to follow: take "
                "xiaoer.learning.ModelSwitch out of credentials.yml."
            )
            return
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.look(self._folder)
            except Exception:
                logger.exception("The folder of models could not be looked at.")

    async def look(self, folder: Path) -> bool:
        """Change to the newest model if it is another and whole.

        An archive counts once it is the same at two looks: until then it is being written.

        Returns:
            Whether another model serves now.
        """
        found = await asyncio.to_thread(newest, folder)
        if found is None or found == self._settled:
            self._seen = None
            return False
        if found != self._seen:
            self._seen = found
            return False
        self._seen, self._settled = None, found
        self.loading = found.path.name
        try:
            return await self._change(found)
        finally:
            self.loading = ""

    async def _change(self, found: Archive) -> bool:
        name = found.path.name
        try:
            known = await asyncio.to_thread(metadata, found.path)
            if known["model_id"] == self.agent.model_id:
                return False
            with _answers_first():
                processor = await asyncio.to_thread(load, self.agent, found.path)
        except ArchiveError as error:
            self._refuse(name, str(error))
            return False
        except Exception as error:
            # Rasa's own text says what is wrong with the model; it knows nothing of customers.
            self._refuse(name, f"The model {name} cannot be loaded ({error}).")
            return False
        former = self.agent.model_id
        put_in_place(self.agent, processor)
        self.refused = ""
        logger.info(f"The model {name} ({self.agent.model_id}) answers now instead of {former}.")
        return True

    def _refuse(self, name: str, why: str) -> None:
        self.refused = name
        logger.error(f"{why} The former model goes on answering.")

    def _first(self, since: float) -> Archive | None:
        """Return the archive that needs no change: what is newest when the server starts.

        A server that was started with an older model by name keeps it until another is written.
        """
        found = newest(self._folder) if self._folder else None
        if found is None or self.agent.processor is None:
            return None
        written_since = found.written / 1e9 >= since - _RACE_SECONDS
        return None if written_since else found


@contextmanager
def _answers_first() -> Iterator[None]:
    """Let the event loop have Python's lock soon after it asks, while a model is loaded.

    Whoever gives the lock away for a moment, as each small step of TensorFlow or a socket does,
    waits 5 ms to have it back from a thread that computes: an answer of a hundred such steps takes
    half a second, and at 20 messages a second all of them wait for minutes.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _folder_of(agent: Agent) -> Path | None:
    if agent.processor is None:
        return None
    path = Path(agent.processor.model_path)
    folder = path if path.is_dir() else path.parent
    return folder.resolve() if folder.is_dir() and newest(folder) else None
