"""One message at a time on each channel, until its answer is with the customer's platform."""

from __future__ import annotations

import http.client
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from benchmarks.channels.callbacks import Callbacks
from tests.channels.slack.platform import Call, SlackPlatform, sign
from tests.waiting import eventually

_TIMEOUT = 30
_LOOK = 0.001


class Line(ABC):
    """Asks one connector.

    Attributes:
        pushes: whether answers leave before Rasa is done with the message.

    Args:
        url: of the server.
        path: of the connector's callback.
    """

    pushes = False

    def __init__(self, url: str, path: str) -> None:
        self._path = path
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT)

    @abstractmethod
    def ask(self, sender: str, number: int, text: str) -> float:
        """Send a message, and return the seconds until its answer was there.

        Raises:
            RuntimeError: the answer is another one.
        """

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _post(
        self, body: bytes, headers: Mapping[str, str], query: str = ""
    ) -> tuple[float, float, str]:
        """Return when a request was sent, when its answer was read, and the answer."""
        start = time.monotonic()
        self._http.request("POST", self._path + query, body, dict(headers))
        answer = self._http.getresponse()
        text = answer.read().decode()
        end = time.monotonic()
        if answer.status != 200:
            raise RuntimeError(f"{self._path} answered {answer.status}: {text[:200]}")
        return start, end, text


class RestLine(Line):
    """Rasa's `rest` channel."""

    def ask(self, sender: str, number: int, text: str) -> float:
        """Send a message; the answer comes with the response."""
        body = json.dumps({"sender": sender, "message": text}).encode()
        start, end, answer = self._post(body, {"content-type": "application/json"})
        _check(text, str(json.loads(answer)[0]["text"]))
        return end - start


class TencentLine(Line):
    """WeChat or WeCom, whose passive reply comes with the response.

    Args:
        url: of the server.
        path: of the connector's callback.
        callbacks: with the connector's token and key.
        more: fields that its messages have besides.
    """

    def __init__(self, url: str, path: str, callbacks: Callbacks, **more: int) -> None:
        super().__init__(url, path)
        self._callbacks = callbacks
        self._more = more

    def ask(self, sender: str, number: int, text: str) -> float:
        """Send a message; encrypting it and reading the answer are not timed."""
        plain = self._callbacks.text(sender, number, text, **self._more)
        encrypted = self._callbacks.encrypt(plain)
        query = urlencode(self._callbacks.query(encrypted, f"n{number}"))
        body = self._callbacks.body(encrypted)
        start, end, answer = self._post(body, {"content-type": "text/xml"}, f"?{query}")
        _check(text, str(self._callbacks.read(answer)["Content"]))
        return end - start


class SlackLine(Line):
    """Slack, whose Web API is told the answer after the response.

    Args:
        url: of the server.
        path: of the connector's webhook.
        platform: that the connector answers to.
    """

    pushes = True

    def __init__(self, url: str, path: str, platform: SlackPlatform) -> None:
        super().__init__(url, path)
        self._platform = platform

    def ask(self, sender: str, number: int, text: str) -> float:
        """Send a message, and wait for its answer."""
        before = len(self._posts())
        event = self._platform.message(text, user=f"U{sender}", channel=f"D{sender}")
        body = json.dumps(event).encode()
        start, _, _ = self._post(body, {"content-type": "application/json", **sign(body)})
        eventually(lambda: len(self._posts()) > before, _TIMEOUT, _LOOK)
        call = self._posts()[before]
        _check(text, str(call.arguments.get("text")))
        return call.at - start

    def _posts(self) -> list[Call]:
        return self._platform.of("chat.postMessage")


def _check(text: str, answer: str) -> None:
    if text not in answer:
        raise RuntimeError(f"{text!r} was answered with {answer!r}.")
