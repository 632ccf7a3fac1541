"""A Slack that behaves as the documents say: its Web API, and what it sends to an app.

Serves in a thread of its own, so that tests and benchmarks may wait as they like.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.slack.limits import refusal, stored
from tests.channels.slack.sending import BOT, SIGNING_SECRET, TEAM, TOKEN, Sending, sign
from tests.loop_thread import LoopThread

__all__ = ["BOT", "SIGNING_SECRET", "TEAM", "TOKEN", "Call", "SlackPlatform", "sign"]


@dataclass
class Call:
    """A call of the Web API, or an answer by a `response_url` (method `respond`)."""

    method: str
    arguments: dict[str, Any]
    at: float
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))


class SlackPlatform(Sending):
    """The Web API of Slack for one app in one team, and the sender of what happens there.

    Attributes:
        calls: Every call of the Web API, in order.
        locales: The locale of users.
        closed: Channels that the app is not in.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.locales: dict[str, str] = {}
        self.closed: set[str] = set()
        self._port = port
        self._scripted: dict[str, list[tuple[int, dict[str, str], dict[str, Any]]]] = {}
        self._response_urls: dict[str, int] = {}

    # The server

    def start(self) -> None:
        """Listen."""
        self._loop = LoopThread()
        self._loop.run(self._serve(), 10)

    def stop(self) -> None:
        """Stop listening."""
        self._loop.run(self._runner.cleanup(), 10)
        self._loop.close()
        self._http.close()

    @property
    def url(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """The address of the Web API."""
        return f"{self.url}/api/"

    async def _serve(self) -> None:
        app = web.Application(client_max_size=10 * 1024**2)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond/{id}", self._respond)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    # What tests arrange

    def limit(self, method: str, times: int = 1, retry_after: int = 1) -> None:
        """Answer the next calls with 429, as Slack does."""
        answer = (429, {"Retry-After": str(retry_after)}, {"ok": False, "error": "ratelimited"})
        self._scripted.setdefault(method, []).extend([answer] * times)

    def refuse(self, method: str, error: str, times: int = 1) -> None:
        """Refuse the next calls."""
        answer = (200, {}, {"ok": False, "error": error})
        self._scripted.setdefault(method, []).extend([answer] * times)

    def response_url(self) -> str:
        """Return an address that takes five answers."""
        name = f"r{next(self._count)}"
        self._response_urls[name] = 5
        return f"{self.url}/respond/{name}"

    # What tests look at

    def posted(self, channel: str | None = None) -> list[dict[str, Any]]:
        """Return the messages that were taken, in order, of one channel or of all."""
        return [
            call.arguments
            for call in list(self.calls)
            if call.method == "chat.postMessage"
            and call.ok
            and channel in (None, call.arguments.get("channel"))
        ]

    def wait_posted(self, count: int = 1, seconds: float = 3) -> list[dict[str, Any]]:
        """Return the messages that were taken, as soon as there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.posted()) < count:
            assert time.monotonic() < deadline, f"{len(self.posted())} of {count} were posted"
            time.sleep(0.01)
        return self.posted()

    def of(self, method: str) -> list[Call]:
        """Return the calls of a method."""
        return [call for call in list(self.calls) if call.method == method]

    # The Web API

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        call = Call(method, arguments, time.monotonic())
        status, headers = 200, {}
        scripted = self._scripted.get(method)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            call.answer = {"ok": False, "error": "invalid_auth"}
        elif scripted:
            status, headers, call.answer = scripted.pop(0)
        else:
            call.answer = self._answer(method, arguments)
        self.calls.append(call)
        return web.json_response(call.answer, status=status, headers=headers)

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": lambda _: {"ok": True, "user_id": BOT, "team_id": TEAM},
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "users.info": self._user,
            "chat.postEphemeral": lambda given: refusal(given) or {"ok": True},
            "views.open": self._open,
            "views.publish": lambda given: refusal(given.get("view") or {}) or {"ok": True},
        }
        return answers.get(method, lambda _: {"ok": False, "error": "unknown_method"})(arguments)

    def _post(self, given: dict[str, Any]) -> dict[str, Any]:
        channel = given.get("channel")
        if not channel:
            return {"ok": False, "error": "channel_not_found"}
        if channel in self.closed:
            return {"ok": False, "error": "not_in_channel"}
        refused = refusal(given)
        if refused:
            return refused
        ts = self.ts()
        message = {"type": "message", "bot_id": "B1", "user": BOT, "ts": ts, **stored(given)}
        if given.get("thread_ts"):
            message["thread_ts"] = given["thread_ts"]
        # Direct messages are posted to a user and stand in a channel.
        place = "D" + channel[1:] if channel[0] in "UW" else channel
        self.messages[place, ts] = message
        return {"ok": True, "channel": place, "ts": ts, "message": message}

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        message = self.messages.get((given.get("channel", ""), given.get("ts", "")))
        if message is None:
            return {"ok": False, "error": "message_not_found"}
        refused = refusal(given)
        if refused:
            return refused
        message.update(stored(given))
        return {"ok": True, "channel": given["channel"], "ts": given["ts"]}

    def _open(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("trigger_id"):
            return {"ok": False, "error": "invalid_trigger"}
        return refusal({**given["view"], "text": "a view"}) or {"ok": True}

    def _user(self, given: dict[str, Any]) -> dict[str, Any]:
        user = {"id": given.get("user")}
        if given.get("include_locale") in ("1", "true", True):
            user["locale"] = self.locales.get(given.get("user", ""), "en-US")
        return {"ok": True, "user": user}

    async def _respond(self, request: web.Request) -> web.Response:
        call = Call("respond", await request.json(), time.monotonic())
        self.calls.append(call)
        name = request.match_info["id"]
        if self._response_urls.get(name, 0) < 1:
            return web.Response(status=404, text="expired_url")
        self._response_urls[name] -= 1
        call.answer = refusal(call.arguments) or {"ok": True}
        return web.Response(status=200 if call.ok else 400, text="ok" if call.ok else "invalid")


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    found = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
    for name in ("blocks", "attachments", "view"):
        if name in found:
            found[name] = json.loads(found[name])
    return found
