"""A shop of its own, whose customers the tests ask; on SQLite and on PostgreSQL."""

import secrets
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.backends.migrated import migrated_database


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)]
)
def database_url(request, tmp_path_factory) -> Iterator[str]:
    """An empty shop's database."""
    with migrated_database(request.param, tmp_path_factory.mktemp("feedback")) as url:
        yield url


@pytest.fixture(scope="module")
def asking_shop(database_url, tmp_path_factory, free_port, start_light_shop) -> Iterator:
    """A server of two processes."""
    folder = tmp_path_factory.mktemp("asking")
    env = {"DATABASE_URL": database_url}
    running = start_light_shop(folder / "unused.db", folder, free_port(), env=env, workers=2)
    yield running
    running.stop()


class Asked:
    """A customer who is asked."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def offer(self, key: str | None = None, **body) -> httpx.Response:
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        return self.client.post("/v1/feedback/offers", json=body, headers=headers)

    def reference(self) -> str:
        told = self.offer().json()
        assert told["ask"] is True
        return told["reference"]

    def answer(self, reference: str, **given) -> httpx.Response:
        return self.client.post("/v1/feedback", json={"reference": reference, **given})


@pytest.fixture
def asked(asking_shop) -> Callable[..., Asked]:
    """A function that gives a customer who was not asked yet."""

    def make(sender: str | None = None, channel: str = "wechat") -> Asked:
        return Asked(asking_shop.client(sender, channel))

    return make
