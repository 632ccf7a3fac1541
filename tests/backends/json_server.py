"""A server of JSON that a test lets behave as it likes, in a thread of the test's own process."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Status, headers and body of an answer.
Answer = tuple[int, dict[str, str], dict[str, Any]]


class JsonServer(ABC):
    """Answers POST requests on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    @abstractmethod
    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> Answer | None:
        """Return what to answer; None hangs up. Called by several threads."""

    def start(self) -> None:
        """Answer, from now on or again."""
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                # A connection from before it went down is one of nobody's.
                there = served._server is not None
                answer = there and served.answer(self.path, self.headers["authorization"], body)
                if not answer:
                    self.close_connection = True
                    return
                status, headers, content = answer
                data = json.dumps(content).encode()
                try:
                    self.send_response(status)
                    for name, value in {"content-type": "application/json", **headers}.items():
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
        """Answer nobody any more."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
