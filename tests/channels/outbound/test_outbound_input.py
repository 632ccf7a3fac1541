"""The connector `outbound`, over HTTP against a real `rasa run`."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasa.shared.exceptions import RasaException

from tests.channels.rasa_project import action_server, calls, rasa_server, running
from xiaoer.channels import OutboundInput

TOKEN = "a-token-of-the-outbound-tests"


@dataclass
class Customers:
    """Where the test connector pushes to: what arrived, and how the next are answered."""

    url: str = ""
    arrived: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    seconds: float = 0.0

    def texts(self, sender: str) -> list[str]:
        return [message["text"] for message in self.arrived if message["to"] == sender]


@pytest.fixture(scope="module")
def customers() -> Iterator[Customers]:
    here = Customers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(here.seconds)
            if here.status == 200:
                here.arrived.append(message)
            self.send_response(here.status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield here
    server.shutdown()


@pytest.fixture(scope="module")
def servers(
    customers: Customers,
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, str]]:
    """The addresses of Rasa and of the action server."""
    folder = tmp_path_factory.mktemp("outbound")
    actions = action_server(free_port(), folder)
    credentials = {
        "xiaoer.channels.OutboundInput": {"token": TOKEN, "seconds": 2},
        "tests.channels.outbound.pushing_channel.PushingInput": {"address": customers.url},
    }
    # Trackers in a file can be looked at from here.
    store = {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "t.db")}}
    rasa = rasa_server(credentials, free_port(), folder, actions.url, endpoints=store)
    with running(actions, rasa):
        yield rasa.url, actions.url


@pytest.fixture
def client(servers: tuple[str, str], customers: Customers) -> Iterator[httpx.Client]:
    customers.status, customers.seconds = 200, 0.0
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(
        base_url=f"{servers[0]}/webhooks/outbound", headers=headers, timeout=30, trust_env=False
    ) as made:
        yield made


def words(sender: str, text: str = "您好", **more: Any) -> dict[str, Any]:
    name = {"id": f"{sender}-1", "conversation": sender, "channel": "pushing"}
    return {**name, "text": text, "staff": None, **more}


def intent(sender: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{sender}-i",
        "conversation": sender,
        "channel": "pushing",
        "intent": name,
        **more,
    }


def bot_events(folder: Path, sender: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "t.db")) as database:
        rows = database.execute(
            "select data from events where sender_id = ? and type_name = 'bot' order by id",
            (sender,),
        ).fetchall()
    return [json.loads(row[0]) for row in rows]


def test_a_persons_words_arrive_in_the_channel_and_stand_in_the_tracker(
    client: httpx.Client, customers: Customers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said = words("anna", "您的{包裹}明天到，{text} 0[ {", staff="小王")

    answer = client.post("/messages", json=said)

    assert (answer.status_code, answer.json()) == (200, {"delivered": True})
    assert customers.texts("anna") == ["小王: 您的{包裹}明天到，{text} 0[ {"]
    assert customers.arrived[-1]["metadata"] == {"staff": "小王", "outbound_id": "anna-1"}
    folder = next(tmp_path_factory.getbasetemp().glob("outbound*"))
    (event,) = bot_events(folder, "anna")
    assert event["text"] == "小王: 您的{包裹}明天到，{text} 0[ {"
    assert event["metadata"]["staff"] == "小王"


def test_words_of_no_person_are_said_as_they_are(
    client: httpx.Client, customers: Customers
) -> None:
    client.post("/messages", json=words("bea", "Your parcel is here."))

    assert customers.texts("bea") == ["Your parcel is here."]


def test_the_same_request_is_carried_out_once_even_at_the_same_time(
    client: httpx.Client, customers: Customers
) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: client.post("/messages", json=words("carl")), range(5)))

    assert {answer.status_code for answer in answers} == {200}
    assert customers.texts("carl") == ["您好"]


def test_a_refusal_of_the_channel_is_told_and_can_be_tried_again(
    client: httpx.Client, customers: Customers
) -> None:
    customers.status = 500
    refused = client.post("/messages", json=words("dora"))
    customers.status = 200
    again = client.post("/messages", json=words("dora"))

    assert refused.status_code == 502
    error = refused.json()["error"]
    assert error["code"] == "not_delivered"
    # An error of the channel's own may hold an address or a token: its kind is told, no more.
    assert error["reason"] == "The channel failed with HTTPStatusError."
    assert again.status_code == 200
    assert customers.texts("dora") == ["您好"]


def test_a_slow_channel_has_a_deadline(client: httpx.Client, customers: Customers) -> None:
    customers.seconds = 4
    started = time.monotonic()

    answer = client.post("/messages", json=words("emil"))

    assert answer.status_code == 502
    assert "within 2 s" in answer.json()["error"]["reason"]
    assert time.monotonic() - started < 4


def test_an_intent_is_handled_and_its_answer_pushed(
    client: httpx.Client, customers: Customers, servers: tuple[str, str]
) -> None:
    asked = intent("fred", "handoff_ended", entities={"agreed": "退款 50 元"})

    first, second = (client.post("/intents", json=asked) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert customers.texts("fred") == ['intent: handoff_ended {"agreed": "退款 50 元"}']
    mine = [call for call in calls(servers[1]) if call["sender"] == "fred"]
    assert [call["intent"] for call in mine] == ["handoff_ended"]


def test_a_turn_whose_answer_was_refused_is_not_repeated(
    client: httpx.Client, customers: Customers, servers: tuple[str, str]
) -> None:
    customers.status = 503
    refused = client.post("/intents", json=intent("gina", "handoff_joined"))
    customers.status = 200
    again = client.post("/intents", json=intent("gina", "handoff_joined"))

    assert (refused.status_code, again.status_code) == (502, 200)
    assert [call["sender"] for call in calls(servers[1])].count("gina") == 1
    assert customers.texts("gina") == []


def test_an_unknown_intent_changes_nothing(
    client: httpx.Client, customers: Customers, servers: tuple[str, str]
) -> None:
    answer = client.post("/intents", json=intent("hans", "no_such_intent"))

    assert answer.status_code == 404
    assert "hans" not in {call["sender"] for call in calls(servers[1])}


@pytest.mark.parametrize("channel", ["rest", "cmdline", "nowhere"])
def test_a_channel_that_cannot_push_says_so(client: httpx.Client, channel: str) -> None:
    for path, body in (
        ("/messages", words("ida", channel=channel)),
        ("/intents", {**intent("ida", "handoff_ended"), "channel": channel}),
    ):
        answer = client.post(path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_push")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00fc"],
)
def test_nobody_speaks_without_the_token(
    client: httpx.Client, customers: Customers, authorization: str
) -> None:
    for path in ("/messages", "/intents"):
        answer = client.post(
            path, json=words("jan"), headers={"Authorization": authorization.encode("latin-1")}
        )
        assert answer.status_code == 401
    assert customers.texts("jan") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"id": "1"}',
        json.dumps(words("kim", "")).encode(),
        json.dumps(words("kim", "x" * 4001)).encode(),
        json.dumps(words("kim", more="?")).encode(),
        json.dumps({**words("kim"), "channel": "../rest"}).encode(),
        b'{"id": "' + b"x" * 100_000 + b'"}',
        b"[" * 30_000,
        json.dumps(words("kim", "half a pair: \ud83d")).encode(),
        json.dumps({**intent("kim", "handoff_ended"), "entities": {"by": ["\ude00"]}}).encode(),
    ],
)
def test_what_is_malformed_is_refused(client: httpx.Client, body: bytes) -> None:
    for path in ("/messages", "/intents"):
        assert client.post(path, content=body).status_code == 400


def test_a_token_that_can_be_guessed_is_refused_at_start() -> None:
    with pytest.raises(RasaException, match="XIAOER_SERVICE_TOKEN"):
        OutboundInput.from_credentials({"token": "short"})
