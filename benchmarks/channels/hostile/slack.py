"""Hostile requests to the Slack connector."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.channels.hostile.request import (
    BIG,
    WORDS,
    Attacker,
    Make,
    Request,
    cut,
    dumps,
    long_number,
    nested_lists,
)
from benchmarks.channels.hostile.xml_bombs import laughing_xml

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MINUTE = 60
_DEPTH = 200_000


@dataclass(frozen=True)
class SlackAttacker(Attacker):
    """Attacks one connector.

    Args:
        path: of its webhook.
        secret: its signing secret.
    """

    path: str
    secret: str

    def genuine(self, mark: str) -> Request:
        """Return a request that the connector has to take."""
        return self._signed(dumps(_event(mark)), mark=mark)

    def variants(self) -> dict[str, dict[str, Make]]:
        """Return by kind and name what makes a request."""
        return {
            "forged": {
                "signature by chance": lambda chance, mark: self._with(
                    mark, f"v0={chance.getrandbits(256):064x}"
                ),
                "another secret": lambda _, mark: self._signed(
                    dumps(_event(mark)), secret="guessed"
                ),
                "no signature": lambda _, mark: Request(
                    self.path, dumps(_event(mark)), {"content-type": _JSON}
                ),
                "another version": lambda _, mark: self._with(mark, "v1=" + "0" * 64),
                "beyond ASCII": lambda _, mark: self._with(mark, "v0=签名"),
                "empty": lambda _, mark: self._with(mark, ""),
                "another body": lambda _, mark: self._signed(
                    dumps(_event(mark + "y")), sent=dumps(_event(mark))
                ),
                "press of a button": lambda chance, mark: self._signed(
                    _press(mark), kind=_FORM, secret="guessed"
                ),
            },
            "old": {
                "old": lambda chance, mark: self._at(
                    mark, str(int(time.time()) - chance.randrange(6, 24 * 60) * _MINUTE)
                ),
                "from the future": lambda chance, mark: self._at(
                    mark, str(int(time.time()) + chance.randrange(6, 24 * 60) * _MINUTE)
                ),
                "no time": lambda chance, mark: self._at(
                    mark, chance.choice(["", "soon", "-1", "1e9", "NaN", "9" * 40])
                ),
            },
            "truncated": {
                "body": lambda chance, mark: self._signed(
                    dumps(_event(mark)), sent=cut(dumps(_event(mark)), chance)
                ),
                "signed": lambda chance, mark: self._signed(cut(dumps(_event(mark)), chance)),
                "empty": lambda *_: self._signed(b""),
                "press of a button": lambda chance, mark: self._signed(
                    urlencode({"payload": cut(_pressed(mark), chance).decode()}).encode(),
                    kind=_FORM,
                ),
                "no object": lambda chance, _: self._signed(
                    chance.choice([b"null", b"[]", b"7", b'"text"', b"{}", b'{"event": []}'])
                ),
            },
            "oversized": {
                "unsigned": lambda _, mark: Request(
                    self.path, dumps(_event(mark + "x" * BIG)), {"content-type": _JSON}
                ),
                "signed": lambda _, mark: self._signed(dumps(_event(mark + "x" * BIG))),
                "form": lambda _, mark: self._signed(
                    b"a=1&" * (BIG // 4) + _press(mark), kind=_FORM
                ),
            },
            "entity bomb": {
                "depth": lambda *_: self._signed(nested_lists(_DEPTH)),
                "depth in an event": lambda *_: self._signed(
                    b'{"type":"event_callback","event_id":"Ev1","event":'
                    + nested_lists(_DEPTH)
                    + b"}"
                ),
                "depth in a form": lambda *_: self._signed(
                    b"payload=" + nested_lists(_DEPTH), kind=_FORM
                ),
                "number": lambda *_: self._signed(long_number(_DEPTH)),
                "XML": lambda _, mark: self._signed(laughing_xml(mark).encode()),
                "XML, declared": lambda _, mark: self._signed(
                    laughing_xml(mark).encode(), kind="text/xml"
                ),
            },
            "wrong encoding": {
                "GBK": lambda _, mark: self._signed(
                    json.dumps(_event(f"{mark} {WORDS}"), ensure_ascii=False).encode("gbk")
                ),
                "UTF-16": lambda _, mark: self._signed(
                    dumps(_event(f"{mark} {WORDS}")).decode().encode("utf-16")
                ),
                "no UTF-8": lambda _, mark: self._signed(
                    dumps(_event(mark)).replace(mark.encode(), mark.encode() + b"\xff\xc0")
                ),
                "half a character": lambda _, mark: self._signed(
                    json.dumps(_event(mark + "\ud800")).encode()
                ),
                "form": lambda _, mark: self._signed(
                    _press(mark).replace(mark.encode(), mark.encode() + b"\xff\xfe"), kind=_FORM
                ),
            },
        }

    def _signed(
        self,
        body: bytes,
        sent: bytes | None = None,
        kind: str = _JSON,
        secret: str = "",
        mark: str = "",
    ) -> Request:
        """Return a request signed for `body`, which holds `sent` if that is another."""
        timestamp = str(int(time.time()))
        headers = self._headers(timestamp, body, secret or self.secret)
        return Request(
            self.path,
            body if sent is None else sent,
            {"content-type": kind, **headers},
            mark=mark,
        )

    def _headers(self, timestamp: str, body: bytes, secret: str) -> Mapping[str, str]:
        # Slack's library signs no bytes that are not UTF-8.
        signed = f"v0:{timestamp}:".encode() + body
        signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={signature}"}

    def _with(self, mark: str, signature: str) -> Request:
        body = dumps(_event(mark))
        headers = {"x-slack-request-timestamp": str(int(time.time())), "content-type": _JSON}
        return Request(self.path, body, {**headers, "x-slack-signature": signature})

    def _at(self, mark: str, timestamp: str) -> Request:
        body = dumps(_event(mark))
        headers = self._headers(timestamp, body, self.secret)
        return Request(self.path, body, {"content-type": _JSON, **headers})


def _event(text: str) -> dict[str, object]:
    short = text[:40].encode("ascii", "replace").decode()
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": f"Ev{short}",
        "event": {
            "type": "message",
            "channel_type": "im",
            "channel": "D1",
            "user": "UEVIL",
            "text": text,
            "ts": f"{time.time():.6f}",
        },
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    }


def _pressed(mark: str) -> bytes:
    return dumps(
        {
            "type": "block_actions",
            "user": {"id": "UEVIL"},
            "channel": {"id": "D1"},
            "trigger_id": mark,
            "message": {"ts": "1.1"},
            "actions": [{"type": "button", "value": mark, "action_id": "a", "block_id": "b"}],
        }
    )


def _press(mark: str) -> bytes:
    return urlencode({"payload": _pressed(mark).decode()}).encode()
