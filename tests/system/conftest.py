"""The whole assistant as `xiaoer up` starts it: three real processes on a shop of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.backends.handoff.office import write_service
from tests.waiting import PATIENCE


@dataclass
class Assistant:
    """A running assistant."""

    rasa_url: str
    backends_url: str
    token: str
    log: Path
    database_url: str

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        """Send a message over REST and return the replies."""
        response = httpx.post(
            f"{self.rasa_url}/webhooks/rest/webhook",
            json={"sender": sender, "message": message},
            timeout=60,
            trust_env=False,
        )
        assert response.status_code == 200, response.text
        return response.json()

    def hear(self, sender: str, message: str) -> str:
        """Send a message and return all that was said and the buttons' titles, as one text."""
        parts = []
        for reply in self.say(sender, message):
            parts.append(reply.get("text", ""))
            parts += [f"[{button['title']}]" for button in reply.get("buttons") or ()]
        return "\n".join(parts)

    def backend(
        self, method: str, path: str, sender: str = "system", **options: Any
    ) -> httpx.Response:
        """Call the shop as the action server does."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-Xiaoer-Channel": "rest",
            "X-Xiaoer-Sender": sender,
            **options.pop("headers", {}),
        }
        return httpx.request(
            method,
            f"{self.backends_url}{path}",
            headers=headers,
            timeout=20,
            trust_env=False,
            **options,
        )


@pytest.fixture(scope="package")
def assistant(
    trained_project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[Assistant]:
    """Backends, action server and Rasa on free ports, with a shop seeded for these tests."""
    folder = tmp_path_factory.mktemp("assistant")
    rasa, actions, backends = free_port(), free_port(), free_port()
    token = "a-token-of-these-tests"
    environment = {
        **os.environ,
        "XIAOER_SERVICE_TOKEN": token,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}",
        **PATIENCE,
        # The shop's people are there whenever the tests run.
        "XIAOER_SERVICE_FILE": str(write_service(folder / "service.yml")),
    }
    log = folder / "up.log"
    command = [sys.executable, "-m", "xiaoer.cli", "up"]
    command += ["--rasa-port", str(rasa), "--actions-port", str(actions)]
    command += ["--backends-port", str(backends)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=trained_project, env=environment, stdout=output, stderr=output
        )
    running = Assistant(
        f"http://127.0.0.1:{rasa}",
        f"http://127.0.0.1:{backends}",
        token,
        log,
        environment["DATABASE_URL"],
    )
    try:
        deadline = time.monotonic() + 420
        while True:
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            try:
                url = f"{running.rasa_url}/webhooks/rest/"
                if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.5)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
