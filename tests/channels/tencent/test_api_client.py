"""The API's manners, against a server that misbehaves as the platform may."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from xiaoer.channels.storage import Store, open_store
from xiaoer.channels.tencent import AccessToken, ApiClient, ApiError, ApiUnavailable


class Platform:
    """Gives tokens t1, t2, …; answers calls with what the test has lined up, then with ok."""

    def __init__(self) -> None:
        self.fetched = 0
        self.refused: list[str | None] = []
        self.answers: list[Any] = []
        self.calls: list[tuple[str, Any]] = []

    async def fetch(self, refused: str | None) -> tuple[str, float]:
        self.fetched += 1
        self.refused.append(refused)
        await asyncio.sleep(0.05)
        return f"secret-token-{self.fetched}", 7200

    async def answer(self, request: web.Request) -> web.Response:
        self.calls.append((request.query["access_token"], await request.read()))
        answer = self.answers.pop(0) if self.answers else {"errcode": 0, "msgid": 1}
        if callable(answer):
            return await answer()
        return web.json_response(answer)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def store(tmp_path):
    opened = open_store(str(tmp_path / "channels.db"))
    yield opened
    await opened.close()


@pytest.fixture
async def client(platform: Platform, store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.answer)
    async with TestServer(app) as server:
        token = AccessToken(store, "test", platform.fetch)
        client = ApiClient(str(server.make_url("")), token, timeout=0.5)
        yield client
        await client.close()


async def test_a_call_carries_the_token_and_chinese_as_it_is(client, platform) -> None:
    answer = await client.call("POST", "/send", json={"text": "你好"})
    assert answer["msgid"] == 1
    token, body = platform.calls[0]
    assert token == "secret-token-1"
    assert "你好".encode() in body


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_fetched_anew_once(client, platform, code: int) -> None:
    await client.call("GET", "/a")
    platform.answers = [{"errcode": code, "errmsg": "invalid credential"}]
    await client.call("GET", "/b")
    assert [token for token, _ in platform.calls] == [
        "secret-token-1",
        "secret-token-1",
        "secret-token-2",
    ]
    assert platform.refused == [None, "secret-token-1"]
    platform.answers = [{"errcode": code, "errmsg": "no"}] * 2
    with pytest.raises(ApiError) as caught:
        await client.call("GET", "/c")
    assert caught.value.code == code
    assert len(platform.calls) == 5


@pytest.mark.parametrize("code", [-1, 45009])
async def test_a_busy_platform_is_asked_again_after_a_pause(client, platform, code: int) -> None:
    platform.answers = [{"errcode": code, "errmsg": "busy"}] * 2
    started = asyncio.get_running_loop().time()
    await client.call("POST", "/send", json={})
    assert asyncio.get_running_loop().time() - started >= 1.4
    assert len(platform.calls) == 3


async def test_another_error_is_raised_at_once(client, platform) -> None:
    platform.answers = [{"errcode": 45015, "errmsg": "response out of time limit"}]
    with pytest.raises(ApiError, match="45015") as caught:
        await client.call("POST", "/send", json={})
    assert caught.value.code == 45015
    assert len(platform.calls) == 1


async def hang() -> web.Response:
    await asyncio.sleep(2)
    return web.Response()


async def fail() -> web.Response:
    return web.Response(status=502, text="bad gateway")


async def garbage() -> web.Response:
    return web.Response(text=json.dumps(["errcode"]), content_type="application/json")


@pytest.mark.parametrize("answer", [hang, fail, garbage])
async def test_what_may_have_been_done_is_not_done_again(
    client, platform, answer: Callable, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiohttp.access").disabled = True  # the platform's own log
    platform.answers = [answer]
    with pytest.raises(ApiUnavailable) as caught:
        await client.call("POST", "/send", json={})
    assert caught.value.sent
    assert len(platform.calls) == 1
    assert "secret-token" not in str(caught.value) + repr(caught.value) + caplog.text
    assert caught.value.__cause__ is None


async def test_without_a_connection_it_is_tried_again(store, platform) -> None:
    client = ApiClient("http://127.0.0.1:1", AccessToken(store, "test", platform.fetch), 0.5)
    with pytest.raises(ApiUnavailable) as caught:
        await client.call("POST", "/send", json={})
    assert not caught.value.sent
    await client.close()


async def test_workers_share_a_token_and_fetch_it_once(store, platform) -> None:
    tokens = [AccessToken(store, "test", platform.fetch) for _ in range(3)]
    got = await asyncio.gather(*(token.get() for token in tokens * 5))
    assert set(got) == {"secret-token-1"}
    await tokens[0].drop("secret-token-0")
    assert await tokens[1].get() == "secret-token-1"
    await asyncio.gather(*(token.drop("secret-token-1") for token in tokens))
    got = await asyncio.gather(*(token.get() for token in tokens * 5))
    assert set(got) == {"secret-token-2"}


async def test_a_failed_fetch_leaves_nothing_locked(store) -> None:
    async def refuse(refused: str | None) -> tuple[str, float]:
        raise ApiError(40125, "invalid appsecret")

    for _ in range(2):
        with pytest.raises(ApiError, match="40125"):
            await asyncio.wait_for(AccessToken(store, "test", refuse).get(), 2)
