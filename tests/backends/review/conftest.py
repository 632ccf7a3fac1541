"""A running review service over a database of its own."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

FALLBACK: dict[str, Any] = {
    "language": "zh",
    "question": "能用旧手机抵钱吗？",
    "outcome": "generated",
    "said": "可以的。",
    "passages": [{"article": "payment-ways", "language": "zh", "score": 0.4}],
    "candidates": [
        {
            "text": "能抵 500 元。",
            "score": -1.5,
            "objections": [{"rule": "numbers", "what": "500"}],
        },
        {"text": "可以的。", "score": -2.0, "objections": []},
    ],
    "generator": "gpt2",
    "milliseconds": 850,
}


@pytest.fixture(scope="package")
def record() -> Callable[..., str]:
    """A function that writes a fallback down, with changes, and gives its reference."""

    def write(client: httpx.Client, key: str | None = None, **changes: Any) -> str:
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        answer = client.post("/v1/fallbacks", json={**FALLBACK, **changes}, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["reference"]

    return write


@pytest.fixture(scope="package")
def listed() -> Callable[..., list[dict[str, Any]]]:
    """A function that lists fallbacks."""

    def get(client: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
        answer = client.get("/v1/fallbacks", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return get


@pytest.fixture(scope="module")
def begin(
    tmp_path_factory: pytest.TempPathFactory,
    run_backends: Callable,
    start_light_shop: Callable,
    free_port: Callable[[], int],
) -> Iterator[Callable[..., Any]]:
    """A function that starts a server over a new database."""
    running = []

    def start(url: str = "", prepare: Callable[[Path], None] | None = None) -> Any:
        folder = tmp_path_factory.mktemp("review")
        database = folder / "shop.db"
        env = {"DATABASE_URL": url or f"sqlite+aiosqlite:///{database}"}
        done = run_backends("migrate", env=env)
        assert done.returncode == 0, done.stderr
        if prepare:
            prepare(database)
        (folder / "knowledge").mkdir()
        running.append(start_light_shop(database, folder, free_port(), env=env))
        return running[-1]

    yield start
    for server in running:
        server.stop()
