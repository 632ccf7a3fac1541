"""A language model behind an OpenAI-compatible address that says what a test wants it to."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class LanguageModel:
    """What it says, after how long, with which status; and what it was asked."""

    texts: list[str] = field(default_factory=list)
    seconds: float = 0.0
    status: int = 200
    raw: bytes | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def says(self, *texts: str, **how: Any) -> None:
        """Say these from now on."""
        self.texts, self.seconds, self.status, self.raw = list(texts), 0.0, 200, None
        self.asked.clear()
        for name, value in how.items():
            setattr(self, name, value)

    def body(self) -> bytes:
        """The answer's body."""
        if self.raw is not None:
            return self.raw
        choices = [
            {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            for text in self.texts
        ]
        return json.dumps({"choices": choices}).encode()


def serve(model: LanguageModel) -> ThreadingHTTPServer:
    """Serve it in a thread; the caller shuts it down."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            model.asked.append(json.loads(self.rfile.read(length)))
            body, status = model.body(), model.status
            time.sleep(model.seconds)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the caller has hung up

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
