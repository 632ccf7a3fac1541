"""A server that stands where Rasa's outbound endpoints are, and behaves as those do."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Outbound:
    """Takes words for conversations: by id once, and what it answers depends on the channel.

    Channels: ``rest`` cannot push (but to `pushable`), ``refusing`` is refused by its platform,
    all others deliver. While `broken` is set nothing is delivered. Who sends to a conversation in
    `stuck` gets no answer, though it is delivered. The domain of `without_intents` has none.
    """

    def __init__(self, port: int, token: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.token = token
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.delivered: dict[str, dict[str, Any]] = {}
        self.pushable: set[str] = set()
        self.stuck: set[str] = set()
        self.without_intents: set[str] = set()
        self.free = threading.Event()
        self.broken = False
        self._lock = threading.Lock()
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Answer, from now on or again."""
        outbound = self
        self.free.clear()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if outbound._server is None:
                    self.close_connection = True  # a connection from before it went down
                    return
                status, answer = outbound._take(self.path, self.headers["authorization"], body)
                data = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # whoever asked is gone

            def log_message(self, *_: Any) -> None:
                pass

        ThreadingHTTPServer.request_queue_size = 128
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._server is not None:
            self.free.set()
            server, self._server = self._server, None
            server.shutdown()
            server.server_close()

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

    def _take(self, path: str, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if token != f"Bearer {self.token}":
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
