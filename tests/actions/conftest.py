"""The real action server and the real backends, as processes, and conversations with them."""

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from actions.rendering import Responses
from tests.backends.handoff.office import Office, write_service
from tests.backends.handoff.outbound import Outbound
from tests.waiting import PATIENCE, eventually

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-tests-only-" + secrets.token_hex(8)
URLS = tuple(
    f"{name}_URL"
    for name in (
        *("CATALOG", "CUSTOMERS", "FEEDBACK", "HANDOFF", "KNOWLEDGE", "ORDERS"),
        *("OUTREACH", "RECOMMENDATIONS", "REVIEW"),
    )
)
OURS = ("XIAOER_", "DATABASE_URL", "RASA_URL", "TRUSTED_CHANNELS", *URLS)
# Articles that the tests change must not be the project's own; few of them are soon indexed.
ARTICLES = ("contact.yml", "opening_hours.yml", "privacy.yml")


def environment(**extra: str) -> dict[str, str]:
    """The environment without this machine's settings of the shop, with those of a test."""
    base = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    return {
        **base,
        "XIAOER_SERVICE_TOKEN": TOKEN,
        "XIAOER_EVENTS_URL": "off",
        "XIAOER_STATE_DIR": str(ROOT / ".xiaoer" / "tests"),
        "XIAOER_GENERATION": "off",
        **PATIENCE,
        "PYTHONWARNINGS": "ignore",
        **extra,
    }


@contextlib.contextmanager
def process(
    command: list[str], env: dict[str, str], health: str, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until its health check answers, and stop it at the end."""
    with log.open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, stdout=out, stderr=out
        )
    try:
        end = time.monotonic() + 90
        while time.monotonic() < end and running.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(health, timeout=2).status_code == 200:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")
        yield running
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


@dataclass
class ActionServer:
    """A running action server and its log."""

    url: str
    log: Path
    client: httpx.Client

    def call(self, body: dict[str, Any]) -> httpx.Response:
        """Send what Rasa sends."""
        # As ASCII, in which even half a character can be sent.
        headers = {"Content-Type": "application/json"}
        return self.client.post("/webhook", content=json.dumps(body), headers=headers)

    def names(self) -> list[str]:
        """The actions it has."""
        return [each["name"] for each in self.client.get("/actions").json()]


StartActions = Callable[..., "contextlib.AbstractContextManager[ActionServer]"]


@pytest.fixture(scope="package")
def start_actions(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> StartActions:
    """A function that runs an action server with backends at a URL."""

    @contextlib.contextmanager
    def start(backends: str, **extra: str) -> Iterator[ActionServer]:
        port = free_port()
        env = environment(**{**dict.fromkeys(URLS, backends), "SANIC_HOST": "127.0.0.1", **extra})
        log = tmp_path_factory.mktemp("actions") / "log.txt"
        command = ["-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
        url = f"http://127.0.0.1:{port}"
        with (
            process(command, env, f"{url}/health", log),
            httpx.Client(base_url=url, timeout=20) as client,
        ):
            yield ActionServer(url, log, client)

    return start


@pytest.fixture(scope="package")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shop's database is."""
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="package")
def shop_database(shop_url: str, shop_folder: Path) -> Callable[..., list[tuple]]:
    """A function that runs SQL on the shop's database."""

    def run(statement: str, *values: Any) -> list[tuple]:
        database = sqlite3.connect(shop_folder / "shop.db", timeout=10)
        with contextlib.closing(database) as connection:
            return connection.execute(statement, values).fetchall()

    return run


@pytest.fixture(scope="package")
def outbound(free_port: Callable[[], int]) -> Iterator[Outbound]:
    """What stands where Rasa takes the words of staff; it cannot push on the channel rest."""
    running = Outbound(free_port(), TOKEN)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def office(shop_url: str, shop_folder: Path) -> Office:
    """The shop's people."""
    return Office(f"sqlite+aiosqlite:///{shop_folder / 'shop.db'}")


@pytest.fixture(scope="package")
def shop_url(shop_folder: Path, free_port: Callable[[], int], outbound: Outbound) -> Iterator[str]:
    """The real backends over a freshly seeded database; people are there all day."""
    folder = shop_folder
    (folder / "knowledge").mkdir()
    for name in ARTICLES:
        shutil.copy(ROOT / "data" / "knowledge" / name, folder / "knowledge")
    env = environment(
        DATABASE_URL=f"sqlite+aiosqlite:///{folder / 'shop.db'}",
        XIAOER_KNOWLEDGE_DATA=str(folder / "knowledge"),
        XIAOER_SERVICE_FILE=str(write_service(folder / "service.yml")),
        RASA_URL=outbound.url,
    )
    done = subprocess.run(
        [sys.executable, "-m", "backends", "seed"],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["-m", "backends", "serve", "--port", str(port)]
    log = folder / "log.txt"
    with process(command, env, f"{url}/health", log):
        # Until then it searches by words alone, and shows products in another order.
        eventually(lambda: "the search goes by words and vectors" in log.read_text(), 180)
        yield url


@pytest.fixture(scope="package")
def shop_api(shop_url: str) -> Iterator[httpx.Client]:
    """The backends as a program sees them."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=shop_url, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture(scope="package")
def actions(shop_url: str, start_actions: StartActions) -> Iterator[ActionServer]:
    """An action server that works with the real backends."""
    with start_actions(shop_url) as server:
        yield server


@pytest.fixture(scope="package")
def domain() -> dict[str, Any]:
    """The project's domain, as Rasa sends it along."""
    return yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


@dataclass
class Reply:
    """What one run of an action said and set."""

    responses: list[str]
    texts: list[str]
    buttons: list[dict[str, str]]
    slots: dict[str, Any]
    requested: Any = "not set"
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def handed_back(self) -> bool:
        """Whether the message is left to the other policies."""
        kinds = [event["event"] for event in self.events]
        marked = bool(self.events) and (self.events[-1].get("metadata") or {}).get("handed_back")
        return kinds[:1] == ["rewind"] and kinds[-2:] == ["action", "user"] and bool(marked)

    @property
    def text(self) -> str:
        """All that was said."""
        return "\n".join(self.texts)


@dataclass
class Conversation:
    """Plays Rasa's part: keeps the tracker, and says the responses as Rasa would."""

    server: ActionServer
    domain: dict[str, Any]
    sender: str = field(default_factory=lambda: f"sender-{secrets.token_hex(6)}")
    channel: str = "rest"
    slots: dict[str, Any] = field(default_factory=lambda: {"language": "zh"})
    events: list[dict[str, Any]] = field(default_factory=list)
    latest: dict[str, Any] = field(default_factory=dict)
    form: str | None = None

    def say(
        self,
        text: str,
        intent: str = "inform",
        entities: dict[str, Any] | list[dict[str, Any]] | None = None,
        ranking: list[tuple[str, float]] | None = None,
    ) -> "Conversation":
        """The customer writes; entities by name, or as Rasa's list when roles matter."""
        rows = (
            [{"entity": name, "value": value} for name, value in entities.items()]
            if isinstance(entities, dict)
            else list(entities or [])
        )
        order = ranking or [(intent, 0.95)]
        self.latest = {
            "text": text,
            "intent": {"name": intent, "confidence": order[0][1]},
            "entities": rows,
            "intent_ranking": [{"name": name, "confidence": value} for name, value in order],
        }
        self.events += [
            {"event": "action", "name": "action_listen"},
            {
                "event": "user",
                "text": text,
                "parse_data": self.latest,
                "timestamp": time.time(),
                "input_channel": self.channel,
                "message_id": secrets.token_hex(8),
            },
        ]
        return self

    def run(self, action: str) -> Reply:
        """Run an action and apply its events."""
        reply = self._call(action, self.events, self.slots)
        self.events.append({"event": "action", "name": action})
        self._apply(reply.slots)
        return reply

    def again(self, action: str) -> Reply:
        """Run an action on the tracker as it stands, and forget what it did."""
        return self._call(action, self.events, self.slots)

    def open_form(self, form: str, **prefilled: Any) -> Reply:
        """The form begins: its validator sees what is filled already."""
        self.form = form
        self._apply(prefilled)
        self.events.append({"event": "active_loop", "name": form})
        self.slots["requested_slot"] = None
        required = self.domain["forms"][form]["required_slots"]
        filled = {k: self.slots[k] for k in required if self.slots.get(k) is not None}
        return self._validate(filled)

    def answer(self, **extracted: Any) -> Reply:
        """The form goes on with what was extracted from the latest message."""
        self._apply(extracted)
        return self._validate(extracted)

    def _validate(self, candidates: dict[str, Any]) -> Reply:
        requested = self.slots.get("requested_slot")
        temporary = [
            *self.events,
            {"event": "slot", "name": "requested_slot", "value": requested},
            {"event": "action", "name": self.form},
            *({"event": "slot", "name": k, "value": v} for k, v in candidates.items()),
        ]
        slots = {**self.slots, **candidates}
        reply = self._call(f"validate_{self.form}", temporary, slots)
        self.events.append({"event": "action", "name": self.form})
        self._apply(reply.slots)
        if reply.requested != "not set":
            self._apply({"requested_slot": reply.requested})
        return reply

    def _call(self, action: str, events: list[dict[str, Any]], slots: dict[str, Any]) -> Reply:
        every = dict.fromkeys(self.domain["slots"])
        body = {
            "next_action": action,
            "sender_id": self.sender,
            "tracker": {
                "sender_id": self.sender,
                "slots": {**every, **slots},
                "latest_message": self.latest,
                "events": events,
                "active_loop": {"name": self.form} if self.form else {},
                "paused": False,
            },
            "domain": self.domain,
            "version": "3.6.21",
        }
        answer = self.server.call(body)
        assert answer.status_code == 200, answer.text
        return self._reply(answer.json(), {**every, **slots})

    def _reply(self, answer: dict[str, Any], slots: dict[str, Any]) -> Reply:
        set_slots = {e["name"]: e["value"] for e in answer["events"] if e["event"] == "slot"}
        names, texts, buttons = [], [], []
        for message in answer["responses"]:
            names.append(message["response"])
            if message["text"]:
                assert message["response"] == "utter_staff_says", "others belong in domain.yml"
                texts.append(message["text"])
                continue
            # Rasa chooses by the slots before the action's events.
            said = Responses(self.domain, slots, self.channel).text(
                message["response"],
                **{k: v for k, v in message.items() if isinstance(v, str | int)},
            )
            assert "{" not in said, f"{message['response']} lacks a value: {said}"
            texts.append(said)
            buttons += message["buttons"]
        requested = set_slots.pop("requested_slot", "not set")
        return Reply(names, texts, buttons, set_slots, requested, answer["events"])

    def _apply(self, slots: dict[str, Any]) -> None:
        self.slots.update(slots)
        self.events += [{"event": "slot", "name": k, "value": v} for k, v in slots.items()]


@pytest.fixture
def talk_to(domain: dict[str, Any]) -> Callable[..., Conversation]:
    """A function that begins a conversation with any action server."""

    def begin(server: ActionServer, **more: Any) -> Conversation:
        return Conversation(server, domain, **more)

    return begin


@pytest.fixture
def talk(actions: ActionServer, domain: dict[str, Any]) -> Callable[..., Conversation]:
    """A function that begins a conversation with the real shop: `talk(language="en")`."""

    def begin(language: str = "zh", **more: Any) -> Conversation:
        conversation = Conversation(actions, domain, **more)
        conversation.slots["language"] = language
        return conversation

    return begin
