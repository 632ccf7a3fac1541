"""Hostile packets to the web connector, over engine.io's polling transport.

Source: https://socket.io/docs/v4/engine-io-protocol/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

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

_CONNECT = "40"
_EVENT = b"42"
_DEPTH = 100_000


@dataclass(frozen=True)
class WebAttacker(Attacker):
    """Attacks one connector.

    Args:
        path: of socket.io.
    """

    path: str

    def genuine(self, mark: str) -> Request:
        """Return a request that the connector has to take."""
        return replace(self._event(self._message(mark), mark), mark=mark)

    def variants(self) -> dict[str, dict[str, Make]]:
        """Return by kind and name what makes a request."""
        return {
            "forged": {
                "guessed connection": lambda chance, mark: replace(
                    self._event(self._message(mark), mark),
                    opening=(),
                    path=f"{self._polling}&sid={chance.getrandbits(80):020x}",
                ),
                "another's conversation": lambda _, mark: self._event(
                    self._message(mark, "somebody else"), mark
                ),
                "no conversation": lambda _, mark: self._event({"message": mark}, mark),
                "not connected": lambda _, mark: replace(
                    self._event(self._message(mark), mark), opening=("",)
                ),
            },
            "truncated": {
                "event": lambda chance, mark: self._packet(
                    _EVENT + cut(dumps(["user_uttered", self._message(mark)]), chance), mark
                ),
                "packet": lambda chance, mark: self._packet(
                    chance.choice([b"", b"4", b"42", b"42[", b"4999", b"42/other,", b"9", b"45"]),
                    mark,
                ),
                "no attachment": lambda _, mark: self._packet(
                    b'451-["user_uttered",{"_placeholder":true,"num":0}]', mark
                ),
                "no message": lambda chance, mark: self._event(
                    chance.choice([None, [], 7, mark, {}, {"session_id": _session(mark)}]), mark
                ),
            },
            "oversized": {
                "text": lambda _, mark: self._event(self._message(mark + "x" * BIG), mark),
                "packets": lambda _, mark: self._packet(b"2\x1e" * (BIG // 2) + b"2", mark),
                "longer than messages are": lambda _, mark: self._event(
                    self._message(mark + "x" * 100_000), mark
                ),
                "no connection": lambda _, mark: replace(
                    self._event(self._message(mark + "x" * BIG), mark),
                    opening=(),
                    path=self._polling,
                ),
            },
            "entity bomb": {
                "depth": lambda _, mark: self._packet(_EVENT + nested_lists(_DEPTH), mark),
                "depth in an event": lambda _, mark: self._packet(
                    _EVENT + b'["user_uttered",' + nested_lists(_DEPTH) + b"]", mark
                ),
                "number": lambda _, mark: self._packet(
                    _EVENT + b'["user_uttered",' + long_number(_DEPTH) + b"]", mark
                ),
                "attachments": lambda _, mark: self._packet(
                    b"45" + b"9" * 1000 + b'-["user_uttered"]', mark
                ),
            },
            "wrong encoding": {
                "GBK": lambda _, mark: self._packet(
                    _EVENT
                    + json.dumps(
                        ["user_uttered", self._message(f"{mark} {WORDS}")], ensure_ascii=False
                    ).encode("gbk"),
                    mark,
                ),
                "UTF-16": lambda _, mark: self._packet(
                    ("42" + json.dumps(["user_uttered", self._message(mark)])).encode("utf-16"),
                    mark,
                ),
                "no UTF-8": lambda _, mark: self._packet(
                    _EVENT + b'["user_uttered",{"message":"' + mark.encode() + b'\xff\xc0"}]', mark
                ),
                "no base64": lambda _, mark: self._packet("b你好 %%%".encode(), mark),
            },
        }

    def replays(self, taken: Sequence[Request]) -> dict[str, Make]:
        """Return what replays a request that was taken, by name."""
        return {"same id": lambda chance, _: chance.choice(taken)}

    @property
    def _polling(self) -> str:
        return f"{self.path}?EIO=4&transport=polling"

    def _message(self, text: str, session: str = "") -> dict[str, str]:
        mark = text[:40].split(" ")[0].rstrip("x")
        return {"session_id": _session(session or mark), "id": mark, "message": text}

    def _event(self, data: object, mark: str) -> Request:
        return self._packet(_EVENT + dumps(["user_uttered", data]), mark)

    def _packet(self, packet: bytes, mark: str) -> Request:
        asked = json.dumps(["session_request", {"session_id": _session(mark)}])
        return Request(
            f"{self._polling}&sid={{sid}}",
            packet,
            {"content-type": "text/plain;charset=UTF-8"},
            ambiguous=True,
            opening=(_CONNECT, f"42{asked}"),
        )


def _session(name: str) -> str:
    """Return the id of a conversation."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]
