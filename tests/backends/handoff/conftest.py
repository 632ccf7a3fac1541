"""A shop whose people are always there, on SQLite and on PostgreSQL, beside a Rasa's endpoints."""

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.backends.handoff.office import Office, write_service
from tests.backends.handoff.outbound import Outbound
from tests.backends.migrated import migrated_database


@pytest.fixture(scope="module")
def outbound(free_port) -> Iterator[Outbound]:
    from tests.backends.conftest import TOKEN

    running = Outbound(free_port(), TOKEN)
    running.start()
    yield running
    running.stop()


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)]
)
def database_url(request, tmp_path_factory) -> Iterator[str]:
    """An empty shop's database."""
    with migrated_database(request.param, tmp_path_factory.mktemp("handoff")) as url:
        yield url


@pytest.fixture(scope="module")
def office(database_url) -> Office:
    return Office(database_url)


@pytest.fixture(scope="module")
def begin(
    database_url, office, outbound, tmp_path_factory, free_port, start_light_shop
) -> Iterator[Callable]:
    """A function that starts a server; people are there all day unless told otherwise."""
    started = []

    def start(
        workers: int = 1, push_seconds: float = 5, env: dict[str, str] | None = None, **service
    ):
        folder = tmp_path_factory.mktemp("office")
        given = {
            "DATABASE_URL": database_url,
            "RASA_URL": outbound.url,
            "XIAOER_SERVICE_FILE": str(write_service(folder / "service.yml", **service)),
            "XIAOER_PUSH_SECONDS": str(push_seconds),
            **(env or {}),
        }
        unused = Path(folder / "unused.db")
        started.append(start_light_shop(unused, folder, free_port(), env=given, workers=workers))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture(scope="module")
def desk_shop(begin):
    """A server with people there."""
    return begin()


class Customer:
    """Somebody who writes on a channel."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.sender = client.headers["x-xiaoer-sender"]

    def post(self, path: str, body: dict, key: str | None = None) -> httpx.Response:
        headers = {
            "Idempotency-Key": key or secrets.token_hex(8),
            "Content-Type": "application/json",
        }
        # As ASCII, in which even half a character can be sent.
        return self.client.post(path, content=json.dumps(body), headers=headers)

    def ask(self, **more) -> dict:
        body = {"reason": "asked", "language": "zh", "summary": "要找人工", **more}
        answer = self.post("/v1/handoff/tickets", body)
        assert answer.is_success, answer.text
        return answer.json()

    def say(self, text: str, key: str | None = None) -> dict:
        answer = self.post("/v1/handoff/messages", {"text": text}, key)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def leave(self) -> dict:
        answer = self.post("/v1/handoff/leave", {})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def customer(desk_shop) -> Callable[..., Customer]:
    """A function that gives a customer nobody has heard of."""

    def make(channel: str = "wechat", shop=None) -> Customer:
        return Customer((shop or desk_shop).client(channel=channel))

    return make
