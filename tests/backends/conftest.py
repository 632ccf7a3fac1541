"""Running servers over a seeded shop; tests speak to them over HTTP only."""

import os
import secrets
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
# Reading the certificates of the system takes longer than most requests here.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# Search by words only: a server that is not asked for products need not load the encoder.
BY_WORDS = {"XIAOER_SEARCH_ENCODER": ""}
TOKEN = "a-token-for-tests-only-" + secrets.token_hex(8)


def _run_backends(
    *arguments: str,
    env: dict[str, str] | None = None,
    timeout: float = 120,
    input: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m backends …` to its end, without making vectors unless a test asks for it."""
    return subprocess.run(
        [sys.executable, "-m", "backends", *arguments],
        cwd=ROOT,
        env=clean_env({**BY_WORDS, **(env or {})}),
        capture_output=True,
        text=True,
        timeout=timeout,
        input=input,
    )


def clean_env(env: dict[str, str] | None = None) -> dict[str, str]:
    """The environment without this machine's settings of the shop, with those of a test."""
    ours = ("XIAOER_", "DATABASE_URL", "TRUSTED_CHANNELS", "LOG_LEVEL")
    base = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {
        **base,
        "XIAOER_SERVICE_TOKEN": TOKEN,
        # A server of a test must not take the events of the project's own conversations.
        "XIAOER_EVENTS_URL": "off",
        # Vectors that tests make are kept apart: those of other articles would go from the file.
        "XIAOER_STATE_DIR": str(ROOT / ".xiaoer" / "tests"),
        **PATIENCE,
        "COLUMNS": "100",
        **(env or {}),
    }


@dataclass
class Shop:
    """A server process and its database."""

    url: str
    database: Path
    log: Path
    process: subprocess.Popen[bytes]
    _clients: list[httpx.Client] = field(default_factory=list)

    def client(self, sender: str | None = None, channel: str = "rest") -> httpx.Client:
        """A client that shows the token and speaks for a customer, a new one by default."""
        client = httpx.Client(
            base_url=self.url,
            timeout=20,
            verify=NO_TLS,
            headers={
                "Authorization": f"Bearer {TOKEN}",
                "X-Xiaoer-Channel": channel,
                "X-Xiaoer-Sender": sender or f"sender-{secrets.token_hex(6)}",
            },
        )
        self._clients.append(client)
        return client

    def sql(self, statement: str, *values: Any) -> list[tuple]:
        """Run SQL on the database file."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def stop(self) -> None:
        """Stop the process as an operator would."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _start_shop(
    database: Path, folder: Path, port: int, env: dict[str, str] | None = None, workers: int = 1
) -> Shop:
    """Start a server, over some articles that it may change, and wait until it is healthy."""
    url = f"http://127.0.0.1:{port}"
    articles = folder / "knowledge"
    if not articles.exists():
        articles.mkdir()
        for name in ("contact.yml", "opening_hours.yml"):
            shutil.copy(ROOT / "data" / "knowledge" / name, articles)
    log = folder / f"server-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "backends", "serve", f"--port={port}", f"--workers={workers}"],
            cwd=ROOT,
            env=clean_env(
                {
                    "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
                    "XIAOER_KNOWLEDGE_DATA": str(articles),
                    **(env or {}),
                }
            ),
            stdout=out,
            stderr=out,
        )
    shop = Shop(url, database, log, process)
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/health", timeout=2, verify=NO_TLS).status_code == 200:
                return shop
        except httpx.HTTPError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    shop.stop()
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="package")
def run_backends() -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that runs `python -m backends …` to its end."""
    return _run_backends


@pytest.fixture(scope="package")
def start_shop() -> Callable[..., Shop]:
    """A function that starts a server over a database file and waits for it."""
    return _start_shop


@pytest.fixture(scope="package")
def start_light_shop() -> Callable[..., Shop]:
    """The same without the encoder, for servers that are not asked for products."""

    def start(*arguments: Any, env: dict[str, str] | None = None, **options: Any) -> Shop:
        return _start_shop(*arguments, env={**BY_WORDS, **(env or {})}, **options)

    return start


@pytest.fixture(scope="package")
def seeded_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database filled once by the command; tests copy it."""
    path = tmp_path_factory.mktemp("seeded") / "shop.db"
    done = _run_backends("seed", env={"DATABASE_URL": f"sqlite+aiosqlite:///{path}"})
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="package")
def shop(
    seeded_database: Path, tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Shop]:
    """A server over a copy of the seeded database."""
    folder = tmp_path_factory.mktemp("shop")
    copy = shutil.copy(seeded_database, folder / "shop.db")
    running = _start_shop(Path(copy), folder, free_port())
    yield running
    running.stop()


@dataclass
class Owned:
    """An order of the seed and what proves that it is one's own."""

    number: str
    last4: str
    customer: str
    address: str
    phone: str

    @property
    def pair(self) -> dict[str, str]:
        """The body of a verification."""
        return {"order_number": self.number, "phone_last4": self.last4}

    @property
    def wrong_pair(self) -> dict[str, str]:
        """The same with other digits."""
        return {**self.pair, "phone_last4": f"{(int(self.last4) + 1) % 10_000:04d}"}


@pytest.fixture(scope="package")
def take_order(shop: Shop) -> Callable[..., Owned]:
    """A function that gives an order no other test has had: `take_order("paid")`."""
    given: set[str] = set()

    def take(status: str = "completed", where: str = "1=1") -> Owned:
        rows = shop.sql(
            "SELECT number, substr(phone, -4), customer_id, address, phone FROM orders "
            "JOIN customers ON customers.id = customer_id "
            f"WHERE orders.status = ? AND number NOT LIKE 'XD20261101000_' AND ({where}) "
            "ORDER BY number",
            status,
        )
        row = next(row for row in rows if row[0] not in given)
        given.add(row[0])
        return Owned(*row)

    return take


@pytest.fixture
def owner(shop: Shop, take_order: Callable[..., Owned]) -> Callable[..., tuple[httpx.Client, str]]:
    """A function that gives a verified client and the number of its order."""

    def make(status: str = "completed", where: str = "1=1") -> tuple[httpx.Client, str]:
        order = take_order(status, where)
        client = shop.client()
        assert client.post("/v1/verifications", json=order.pair).status_code == 200
        return client, order.number

    return make
