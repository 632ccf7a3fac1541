"""A server that behaves like Rasa's outbound connector, and can be told to misbehave."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from tests.backends.json_server import Answer, JsonServer

OK: Answer = (200, {}, {"delivered": True})


class Connector(JsonServer):
    """Delivers what it is given, by conversation and id once, as the real one does.

    Attributes:
        delivered: body by conversation and id.
        pushed: how often each was truly said; the real connector says nothing twice.
        script: answers to give before delivering anything more, one a request.
        lost: conversations that get their message but whose sender never hears of it.
    """

    def __init__(self, port: int, token: str) -> None:
        super().__init__(port)
        self.token = token
        self.delivered: dict[tuple[str, str], dict[str, Any]] = {}
        self.pushed: Counter[tuple[str, str]] = Counter()
        self.requests: list[dict[str, Any]] = []
        self.script: list[Answer] = []
        self.lost: set[str] = set()
        self.delay = 0.0
        self._lock = threading.Lock()

    def forget(self) -> None:
        with self._lock:
            self.delivered.clear()
            self.pushed.clear()
            self.requests.clear()
            self.script.clear()
            self.lost.clear()

    def to(self, conversation: str) -> list[dict[str, Any]]:
        """What a conversation was given."""
        with self._lock:
            return [body for key, body in self.delivered.items() if key[0] == conversation]

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> Answer | None:
        if path != "/webhooks/outbound/messages":
            return 404, {}, {}
        if authorization != f"Bearer {self.token}":
            return 401, {}, {"error": {"code": "unauthorized"}}
        if set(body) != {"id", "conversation", "channel", "text", "staff"}:
            return 400, {}, {"error": {"code": "invalid_request"}}
        with self._lock:
            self.requests.append(body)
        if self.delay:
            threading.Event().wait(self.delay)
        with self._lock:
            if self.script:
                return self.script.pop(0)
            key = (body["conversation"], body["id"])
            if key not in self.delivered:
                self.delivered[key] = body
                self.pushed[key] += 1
            if body["conversation"] in self.lost:
                self.lost.discard(body["conversation"])
                return None
        return OK
