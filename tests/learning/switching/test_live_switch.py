"""A real `rasa run` changes its model under a stream of messages and loses nothing."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.channels.rasa_project import Server
from tests.learning.tiny_project import write_project
from tests.waiting import eventually
from xiaoer.archives import metadata, put_in_service

pytestmark = pytest.mark.slow


@dataclass
class Served:
    """A running server and the project it runs."""

    server: Server
    folder: Path

    def say(self, sender: str, message: str) -> list[str]:
        """Return the texts that answer a message."""
        return _texts(
            httpx.post(
                f"{self.server.url}/webhooks/rest/webhook",
                json={"sender": sender, "message": message},
                timeout=180,
                trust_env=False,
            )
        )

    def model(self) -> dict[str, Any]:
        """Return what the server says about its model."""
        answer = httpx.get(f"{self.server.url}/webhooks/models/", timeout=180, trust_env=False)
        assert answer.status_code == 200
        return answer.json()  # type: ignore[no-any-return]

    def wait_for_model(self, archive: Path) -> None:
        """Wait until that model answers."""
        wanted = metadata(archive)["model_id"]
        eventually(lambda: self.model()["id"] == wanted, seconds=240)


@pytest.fixture(scope="module")
def running_server(
    editions: Mapping[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[Served]:
    """A server of the tiny shop."""
    tmp_path = tmp_path_factory.mktemp("served")
    folder = write_project(tmp_path / "project", "first")
    put_in_service(editions["first"], folder / "models")
    port = free_port()
    server = Server(
        [sys.executable, "-m", "rasa", "run", "--port", str(port), "-i", "127.0.0.1"],
        folder,
        f"http://127.0.0.1:{port}",
        "/webhooks/rest/",
        tmp_path / "rasa.log",
    )
    try:
        server.start(wait=400)
        yield Served(server, folder)
    finally:
        server.stop()


@pytest.fixture
def served(running_server: Served, editions: Mapping[str, Path]) -> Served:
    """The first edition, running."""
    if running_server.model()["id"] != metadata(editions["first"])["model_id"]:
        models = running_server.folder / "models"
        put_in_service(models / "first.tar.gz", models)
        running_server.wait_for_model(editions["first"])
    return running_server


@dataclass
class Stream:
    """Messages of many conversations, and what came of them."""

    url: str
    sent: int = 0
    wrong: list[str] = field(default_factory=list)
    answers: list[list[str]] = field(default_factory=list)

    async def run(self, per_second: float) -> None:
        """Send until cancelled; what was sent is waited for."""
        tasks: list[asyncio.Task[None]] = []
        async with httpx.AsyncClient(timeout=180, trust_env=False) as client:
            try:
                while True:
                    self.sent += 1
                    tasks.append(asyncio.create_task(self._send(client, f"stream-{self.sent}")))
                    await asyncio.sleep(1 / per_second)
            finally:
                await asyncio.gather(*tasks)

    async def _send(self, client: httpx.AsyncClient, sender: str) -> None:
        try:
            response = await client.post(
                f"{self.url}/webhooks/rest/webhook", json={"sender": sender, "message": "hello"}
            )
            texts = _texts(response)
        except (httpx.HTTPError, AssertionError) as error:
            self.wrong.append(repr(error))
            return
        self.answers.append(texts)


@asynccontextmanager
async def streaming(url: str, per_second: float = 8) -> AsyncIterator[Stream]:
    """Stream messages while the block runs."""
    stream = Stream(url)
    task = asyncio.create_task(stream.run(per_second))
    try:
        yield stream
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_conversations_go_on_over_a_switch_and_a_broken_model(
    served: Served, editions: Mapping[str, Path]
) -> None:
    models = served.folder / "models"
    assert served.say("form", "I want a shirt") == ["first: size?"]
    first = served.model()
    assert first["id"] == metadata(editions["first"])["model_id"]

    async with streaming(served.server.url) as stream:
        # A broken archive is refused, and the former model goes on.
        broken = models / "broken.tar.gz"
        broken.write_bytes(editions["better"].read_bytes()[:-2000])
        await asyncio.to_thread(eventually, lambda: served.model()["refused"], 240)
        assert served.model()["id"] == first["id"]
        broken.unlink()

        put_in_service(editions["better"], models)
        await asyncio.to_thread(served.wait_for_model, editions["better"])
        # The slot that was asked for before the switch is filled after it.
        said = await asyncio.to_thread(served.say, "form", "large")
        assert said == ["second: colour?"]
        assert await asyncio.to_thread(served.say, "form", "blue") == [
            "second: a shirt, large, blue"
        ]

    assert stream.wrong == []
    assert stream.sent == len(stream.answers)
    assert {tuple(each) for each in stream.answers} == {("first: greet",), ("second: greet",)}
    assert served.say("new", "reimbursement of the costs") == ["second: refund"]
    log = served.server.tail()
    assert "The model broken.tar.gz is cut short: train or copy it again." in log
    assert "Traceback" not in log

    # Back to the earlier model: it becomes the newest again under its own name.
    put_in_service(models / "first.tar.gz", models)
    await asyncio.to_thread(served.wait_for_model, editions["first"])
    assert served.say("new", "hello") == ["first: greet"]
    assert served.model()["model"] == "first.tar.gz"


def test_an_archive_that_is_being_written_waits_until_it_is_whole(
    served: Served, editions: Mapping[str, Path]
) -> None:
    content = editions["better"].read_bytes()
    target = served.folder / "models" / "slowly.tar.gz"
    with target.open("wb") as file:
        for part in range(8):
            file.write(content[part * len(content) // 8 : (part + 1) * len(content) // 8])
            file.flush()
            assert served.say("reader", "hello") == ["first: greet"]
            time.sleep(0.3)  # slower than a look at the folder
    served.wait_for_model(editions["better"])
    assert served.say("reader", "hello") == ["second: greet"]

    # The same model under another name is no change.
    shutil.copy(target, served.folder / "models" / "again.tar.gz")
    assert served.say("reader", "hello") == ["second: greet"]
    assert "Traceback" not in served.server.tail()


def _texts(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [reply["text"] for reply in response.json()]
