"""A small Rasa project, trained in seconds, and the servers of it that a channel's tests drive.

Every message, and every intent payload such as `/wechat_subscribe{"scene": "7"}`, is answered by
`action_reply` of `tests/channels/action_server.py`, which does what the message asks for (be slow,
send buttons, fail, …) and remembers what it was called with.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]

#: Intents that channels send; the bot answers each with `action_reply`.
INTENTS = [
    "order_status",
    "handoff_ended",
    "handoff_joined",
    *(
        f"wechat_{kind}"
        for kind in ("subscribe", "unsubscribe", "scan", "menu", "view", "image", "voice")
    ),
    *(f"wechat_{kind}" for kind in ("video", "location", "link", "file")),
    *(
        f"wecom_{kind}"
        for kind in ("enter", "image", "voice", "video", "location", "link", "file", "menu")
    ),
    *(f"wecom_{kind}" for kind in ("subscribe", "unsubscribe", "event")),
    *(f"wecom_kf_{kind}" for kind in ("enter", "image", "voice", "video", "location", "link")),
    *(f"wecom_kf_{kind}" for kind in ("file", "event", "session")),
    *(f"slack_{kind}" for kind in ("home", "command", "file", "view", "mention")),
]

#: Entities of payloads; Rasa drops those that the domain does not name.
ENTITIES = ["scene", "ticket", "key", "url", "media_id", "format", "latitude", "longitude"]
ENTITIES += ["label", "title", "description", "value", "name", "reference", "by", "agreed", "staff"]
ENTITIES += ["channel", "user", "text", "state", "kind", "thumb_media_id", "file_name"]

_CONFIG = """
recipe: default.v1
assistant_id: channel-tests
language: zh
pipeline:
  - name: KeywordIntentClassifier
    case_sensitive: false
  - name: FallbackClassifier
    threshold: 0.5
policies:
  - name: RulePolicy
"""

_NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - 你好
      - 您好
      - hello
      - hi
  - intent: bye
    examples: |
      - 再见
      - bye
"""


def project_files(intents: list[str]) -> dict[str, str]:
    """Return the files of the project by name, with these intents beside greet and bye."""
    known = [*intents, "nlu_fallback"]
    domain = {
        "version": "3.1",
        "intents": ["greet", "bye", *known],
        "entities": ENTITIES,
        "actions": ["action_reply"],
        "responses": {
            "utter_greet": [{"text": "你好,我是店小二。Hello!"}],
            "utter_bye": [{"text": "再见!Bye!"}],
            # the words of a person, as the connector `outbound` says them
            "utter_staff_says": [{"text": "{staff}: {text}"}],
        },
        "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
    }

    def rule(intent: str, action: str) -> dict[str, Any]:
        return {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}

    rules = [rule("greet", "utter_greet"), rule("bye", "utter_bye")]
    rules += [rule(intent, "action_reply") for intent in known]
    return {
        "config.yml": _CONFIG,
        "domain.yml": yaml.safe_dump(domain, allow_unicode=True, sort_keys=False),
        "data/nlu.yml": _NLU,
        "data/rules.yml": yaml.safe_dump({"version": "3.1", "rules": rules}, allow_unicode=True),
    }


def train_project(intents: list[str] | None = None) -> Path:
    """Return the folder of the trained project; trained once for each content of its files."""
    files = project_files(sorted({*INTENTS, *(intents or ())}))
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]
    folder = ROOT / ".xiaoer" / "channel-tests" / digest
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "train.lock"):
        if list((folder / "models").glob("*.tar.gz")):
            return folder
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "model", "--quiet"]
        done = subprocess.run(
            command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the environment of the tests' processes: local addresses need no proxy."""
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'components'}{os.pathsep}{ROOT}",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **more,
    }


@dataclass
class Server:
    """A process with an address; it can be killed and started again."""

    command: list[str]
    folder: Path
    url: str
    health: str
    log: Path
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self, wait: float = 120) -> None:
        """Start, and wait until it answers (0: do not wait)."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=environment(**self.variables),
                stdout=output,
                stderr=output,
            )
        if wait:
            self.wait_until_ready(wait)

    def wait_until_ready(self, seconds: float = 120) -> None:
        """Wait until its health address answers with 200."""
        deadline = time.monotonic() + seconds
        while True:
            assert self.process is not None
            assert self.process.poll() is None, self.tail()
            assert time.monotonic() < deadline, self.tail()
            try:
                url = self.url + self.health
                if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)

    def kill(self) -> None:
        """End it without a chance to tidy up, as `kill -9` does."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it as an operator does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()

    def tail(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-4000:]


def action_server(port: int, folder: Path) -> Server:
    """Return an action server that is not started; its log is in `folder`."""
    script = Path(__file__).with_name("action_server.py")
    return Server(
        [sys.executable, str(script), str(port)],
        folder,
        f"http://127.0.0.1:{port}",
        "/health",
        folder / f"actions-{port}.log",
    )


def rasa_server(
    credentials: dict[str, Any],
    port: int,
    folder: Path,
    actions_url: str,
    endpoints: dict[str, Any] | None = None,
    variables: dict[str, str] | None = None,
    intents: list[str] | None = None,
    arguments: list[str] | None = None,
) -> Server:
    """Return a `rasa run` of the project that is not started.

    Args:
        credentials: The content of `credentials.yml`; `rest` is added, for it answers the health
            check.
        port: Where it listens.
        folder: Where its files, log and `.xiaoer/channels.db` lie.
        actions_url: The action server's address, without a path.
        endpoints: More of `endpoints.yml`, such as a tracker store.
        variables: More of the environment.
        intents: Intents beside `INTENTS`; another set is another training.
        arguments: More of the command line.
    """
    project = train_project(intents)
    files = {
        "credentials": {"rest": None, **credentials},
        "endpoints": {"action_endpoint": {"url": f"{actions_url}/webhook"}, **(endpoints or {})},
    }
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True)
        (folder / f"{name}-{port}.yml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "rasa", "run", "--port", str(port), "-i", "127.0.0.1"]
    command += ["--model", str(project / "models" / "model.tar.gz")]
    command += ["--credentials", str(folder / f"credentials-{port}.yml")]
    command += ["--endpoints", str(folder / f"endpoints-{port}.yml"), *(arguments or ())]
    log = folder / f"rasa-{port}.log"
    url = f"http://127.0.0.1:{port}"
    return Server(command, folder, url, "/webhooks/rest/", log, dict(variables or {}))


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    """Start these servers together, and stop them at the end."""
    try:
        for server in servers:
            server.start(wait=0)
        for server in servers:
            server.wait_until_ready()
        yield
    finally:
        for server in servers:
            server.stop()


def calls(actions_url: str) -> list[dict[str, Any]]:
    """Return what the action server was called with: sender, text, intent, entities, metadata."""
    answer = httpx.get(f"{actions_url}/calls", timeout=10, trust_env=False)
    return answer.json()  # type: ignore[no-any-return]
