"""A server that behaves like Rasa's outbound connector, and can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], dict[str, Any]]
OK: Answer = (200, {}, {"delivered": True})


class Connector:
    """Delivers what it is given, by conversation and id once, as the real one does.

    Attributes:
        delivered: body by conversation and id.
        pushed: how often each was truly said; the real connector says nothing twice.
        script: answers to give before delivering anything more, one a request.
        lost: conversations that get their message but whose sender never hears of it.
    """

    def __init__(self, port: int, token: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.token = token
        self.delivered: dict[tuple[str, str], dict[str, Any]] = {}
        self.pushed: Counter[tuple[str, str]] = Counter()
        self.requests: list[dict[str, Any]] = []
        self.script: list[Answer] = []
        self.lost: set[str] = set()
        self.delay = 0.0
        self._lock = threading.Lock()
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        connector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = connector._take(self.path, self.headers["authorization"], body)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                data = json.dumps(content).encode()
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
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
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

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

    def _take(self, path: str, token: str, body: dict[str, Any]) -> Answer | None:
        if path != "/webhooks/outbound/messages":
            return 404, {}, {}
        if token != f"Bearer {self.token}":
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
