"""A server that stands where Rasa's outbound endpoints are, and behaves as those do."""

from __future__ import annotations

import threading
from typing import Any

from tests.backends.json_server import Answer, JsonServer


class Outbound(JsonServer):
    """Takes words for conversations: by id once, and what it answers depends on the channel.

    Channels: ``rest`` cannot push (but to `pushable`), ``refusing`` is refused by its platform,
    all others deliver. While `broken` is set nothing is delivered. Who sends to a conversation in
    `stuck` gets no answer, though it is delivered. The domain of `without_intents` has none.
    """

    def __init__(self, port: int, token: str) -> None:
        super().__init__(port)
        self.token = token
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.delivered: dict[str, dict[str, Any]] = {}
        self.pushable: set[str] = set()
        self.stuck: set[str] = set()
        self.without_intents: set[str] = set()
        self.free = threading.Event()
        self.broken = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Answer, from now on or again."""
        self.free.clear()
        super().start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self.free.set()
        super().stop()

    def to(self, conversation: str) -> list[dict[str, Any]]:
        """What a conversation was given, in order."""
        with self._lock:
            return [
                body for body in self.delivered.values() if body["conversation"] == conversation
            ]

    def texts(self, conversation: str) -> list[str]:
        return [body["text"] for body in self.to(conversation) if "text" in body]

    def intents(self, conversation: str) -> list[tuple[str, dict[str, Any]]]:
        return [
            (body["intent"], body["entities"]) for body in self.to(conversation) if "intent" in body
        ]

    def tries(self, conversation: str) -> list[str]:
        """The ids of all requests for a conversation."""
        with self._lock:
            return [body["id"] for _, body in self.requests if body["conversation"] == conversation]

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> Answer:
        status, content = self._taken(path, authorization, body)
        return status, {}, content

    def _taken(
        self, path: str, authorization: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if authorization != f"Bearer {self.token}":
            return 401, {"error": {"code": "unauthorized"}}
        with self._lock:
            self.requests.append((path, body))
        conversation, channel = body["conversation"], body["channel"]
        fields = {"id", "conversation", "channel"}
        fields |= {"text", "staff"} if path.endswith("/messages") else {"intent", "entities"}
        if set(body) != fields or path.rpartition("/")[0] != "/webhooks/outbound":
            return 400, {"error": {"code": "invalid_request"}}
        if channel == "rest" and conversation not in self.pushable:
            return 409, {"error": {"code": "no_push"}}
        if channel == "refusing":
            return 502, {"error": {"code": "not_delivered", "reason": "45047 out of quota"}}
        if conversation in self.without_intents and "intent" in body:
            return 404, {"error": {"code": "not_found", "message": "no such intent"}}
        if self.broken:
            return 500, {"error": {"code": "internal"}}
        with self._lock:
            self.delivered.setdefault(body["id"], body)
        if conversation in self.stuck:
            # Delivered, but whoever asked does not hear of it.
            self.free.wait(60)
        return 200, {"delivered": True}
