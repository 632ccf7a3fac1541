"""What a real `rasa run` tells its broker comes back as a conversation."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.channels.rasa_project import Server, action_server, rasa_server, running
from tests.waiting import eventually

TOKEN = "a-token-of-the-insights-tests"


@dataclass
class Real:
    """A Rasa that writes its events to a file."""

    url: str
    events: Path

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        told = {"sender": sender, "message": message}
        answer = httpx.post(
            f"{self.url}/webhooks/rest/webhook", json=told, timeout=60, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def outbound(self, kind: str, **told: Any) -> None:
        answer = httpx.post(
            f"{self.url}/webhooks/outbound/{kind}",
            json=told,
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    def waiting(self) -> list[dict[str, Any]]:
        """The events in the file."""
        if not self.events.exists():
            return []
        with closing(sqlite3.connect(self.events, timeout=10)) as opened:
            rows = opened.execute("SELECT data FROM events ORDER BY id").fetchall()
        return [json.loads(row[0]) for row in rows]

    def said(self, sender: str) -> list[str]:
        """What was said, as the events in the file have it."""
        kinds = ("user", "bot")
        mine = (each for each in self.waiting() if each["sender_id"] == sender)
        return [each["text"] for each in mine if each["event"] in kinds]


@pytest.fixture(scope="module")
def customers() -> Iterator[str]:
    """The address of a channel that takes whatever is pushed."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def rasa(customers: str, folder: Path, free_port: Callable[[], int]) -> Iterator[Server]:
    # A folder that is not there yet, as in a project that was never started.
    events = folder / ".xiaoer" / "events.db"
    actions = action_server(free_port(), folder)
    credentials = {
        "xiaoer.channels.OutboundInput": {"token": TOKEN},
        "tests.channels.outbound.pushing_channel.PushingInput": {"address": customers},
    }
    server = rasa_server(
        credentials,
        free_port(),
        folder,
        actions.url,
        endpoints={"event_broker": {"type": "xiaoer.brokers.EventFile"}},
        variables={"XIAOER_EVENTS_URL": f"sqlite:///{events}"},
    )
    with running(actions, server):
        yield server


@pytest.fixture(scope="module")
def real(rasa: Server, folder: Path) -> Real:
    return Real(rasa.url, folder / ".xiaoer" / "events.db")


@pytest.fixture
def taken(real, run_backends, shop_url) -> Callable[[], str]:
    """A function that takes in what waits and returns what the command says."""

    def take() -> str:
        env = {"DATABASE_URL": shop_url, "XIAOER_EVENTS_URL": f"sqlite:///{real.events}"}
        done = run_backends("insights", "take-in", env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return take


def rows(shop_url: str, statement: str, *values: Any) -> list[tuple]:
    with closing(sqlite3.connect(shop_url.partition(":///")[2])) as opened:
        return opened.execute(statement, values).fetchall()


def test_a_conversation_comes_back_as_it_was(real, taken, shop_url):
    assert [each["text"] for each in real.say("ada", "你好")] == ["你好,我是店小二。Hello!"]
    real.say("ada", "我叫王建国，手机13812345678")
    real.say("ada", '/order_status{"reference": "13912345678"}')
    real.say("bob", "buttons")
    told = {"conversation": "ada", "channel": "pushing"}
    real.outbound("messages", id="m1", staff="小美", text="马上为您处理", **told)
    real.outbound("intents", id="m2", intent="handoff_ended", entities={}, **told)
    eventually(lambda: len(real.said("ada")) == 9 and len(real.said("bob")) == 2)
    count = len(real.waiting())
    # Eight turns of one and two of the other; what a program triggered is none of them.
    assert taken().startswith(f"Read {count} events: 10 turns are new, 0 were known, ")
    query = "SELECT author, text, intent, action FROM insight_turns JOIN insight_conversations c "
    query += "ON c.id = conversation_id WHERE sender = ? ORDER BY at_ms, insight_turns.id"
    assert rows(shop_url, query, "ada") == [
        ("customer", "你好", "greet", None),
        ("bot", "你好,我是店小二。Hello!", None, "utter_greet"),
        ("customer", "我叫[name]，手机[phone]", "nlu_fallback", None),
        ("bot", "echo: 我叫[name]，手机[phone]", None, "action_reply"),
        ("customer", "/order_status", "order_status", None),
        ("bot", 'intent: order_status {"reference": "[phone]"}', None, "action_reply"),
        ("staff", "[name]: 马上为您处理", None, None),
        ("bot", "intent: handoff_ended {}", None, "action_reply"),
    ]
    assert rows(shop_url, query, "bob")[1] == (
        "bot", "您要做什么?\n[查订单] [打招呼]", None, "action_reply",
    )  # fmt: skip
    query = "SELECT channel, customer_turns, bot_turns, answers, length(model) "
    query += "FROM insight_conversations WHERE sender = 'ada'"
    assert rows(shop_url, query) == [("rest", 3, 4, 3, 32)]
    assert real.waiting() == []
    # What stood there, unmasked, is overwritten and not only unlinked.
    for path in real.events.parent.glob("events.db*"):
        assert "王建国".encode() not in path.read_bytes()
        assert rb"\u738b\u5efa\u56fd" not in path.read_bytes()
    assert taken().startswith("No events wait")


def test_nothing_is_lost_when_rasa_is_stopped_right_after_its_answer(real, rasa, taken, shop_url):
    for number in range(20):
        real.say("carol", f"你好 {number}")
    rasa.stop()
    taken()
    query = "SELECT customer_turns, bot_turns FROM insight_conversations WHERE sender = 'carol'"
    assert rows(shop_url, query) == [(20, 20)]
