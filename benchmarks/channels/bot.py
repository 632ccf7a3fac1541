"""A running Rasa with the connectors that are measured, and an action that may be slow."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.processes import free_port
from tests.channels.rasa_project import Server, action_server, calls, rasa_server, running


@dataclass
class Bot:
    """The project of the channels' tests, running.

    Attributes:
        servers: the Rasa servers, which share the connectors' store.
        actions: the action server.
    """

    servers: list[Server]
    actions: Server

    @property
    def server(self) -> Server:
        """The first Rasa server."""
        return self.servers[0]

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url

    @property
    def process(self) -> psutil.Process:
        """Its process."""
        assert self.server.process is not None
        return psutil.Process(self.server.process.pid)

    def handled(self, pattern: str) -> Counter[str]:
        """Count what matches in the messages that came as far as an action."""
        called = calls(self.actions.url)
        return Counter(found for call in called for found in re.findall(pattern, f"{call['text']}"))


@contextmanager
def bot(
    credentials: Mapping[str, Any],
    servers: int = 1,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Bot]:
    """Run the project with these connectors until the block ends.

    Args:
        credentials: the content of `credentials.yml`; `rest` is added.
        servers: how many Rasa servers.
        variables: more of the environment.
    """
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as name:
        folder = Path(name)
        actions = action_server(free_port(), folder)
        started = [
            rasa_server(
                dict(credentials), free_port(), folder, actions.url, variables=dict(variables or {})
            )
            for _ in range(servers)
        ]
        with running(actions, *started):
            yield Bot(started, actions)
