"""Hostile requests to the connector by which people's words reach customers."""

from __future__ import annotations

import json
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
from benchmarks.channels.hostile.xml_bombs import laughing_xml

_DEPTH = 30_000


@dataclass(frozen=True)
class OutboundAttacker(Attacker):
    """Attacks one connector.

    Args:
        path: of its routes.
        token: its bearer token.
        channel: on which the words would be said.
    """

    path: str
    token: str
    channel: str

    def genuine(self, mark: str) -> Request:
        """Return a request that the connector has to take."""
        return replace(self._with(dumps(self._words(mark))), mark=mark)

    def variants(self) -> dict[str, dict[str, Make]]:
        """Return by kind and name what makes a request."""
        return {
            "forged": {
                "no token": lambda _, mark: self._by("", mark),
                "another token": lambda _, mark: self._by("Bearer guessed-token-0123456789", mark),
                "a part of it": lambda _, mark: self._by(f"Bearer {self.token[:-1]}", mark),
                "another scheme": lambda _, mark: self._by(f"Basic {self.token}", mark),
                "beyond ASCII": lambda _, mark: self._by("Bearer 令牌令牌令牌令牌令牌", mark),
                "in the query": lambda _, mark: replace(
                    self._by("", mark), path=f"{self.path}/messages?token={self.token}"
                ),
                "an intent": lambda _, mark: replace(
                    self._by("", mark), path=f"{self.path}/intents"
                ),
            },
            "truncated": {
                "body": lambda chance, mark: self._with(cut(dumps(self._words(mark)), chance)),
                "empty": lambda *_: self._with(b""),
                "fields": lambda chance, mark: self._with(
                    dumps(dict(chance.sample(sorted(self._words(mark).items()), 3)))
                ),
                "no object": lambda chance, _: self._with(
                    chance.choice([b"null", b"[]", b"7", b'"text"', b"{}"])
                ),
            },
            "oversized": {
                "unknown": lambda _, mark: replace(
                    self._with(dumps(self._words(mark + "x" * BIG))), headers={}
                ),
                "text": lambda _, mark: self._with(dumps(self._words(mark + "x" * BIG))),
                "spaces": lambda _, mark: self._with(dumps(self._words(mark)) + b" " * BIG),
                "id": lambda _, mark: self._with(dumps({**self._words(mark), "id": "x" * BIG})),
            },
            "entity bomb": {
                "depth": lambda *_: self._with(nested_lists(_DEPTH)),
                "depth in a field": lambda _, mark: self._with(
                    dumps(self._words(mark)).replace(
                        b'"staff":null', b'"staff":' + nested_lists(_DEPTH)
                    )
                ),
                "number": lambda *_: self._with(long_number(_DEPTH)),
                "XML": lambda _, mark: self._with(laughing_xml(mark).encode()),
            },
            "wrong encoding": {
                "GBK": lambda _, mark: self._with(
                    json.dumps(self._words(f"{mark} {WORDS}"), ensure_ascii=False).encode("gbk")
                ),
                "UTF-16": lambda _, mark: self._with(
                    json.dumps(self._words(f"{mark} {WORDS}")).encode("utf-16")
                ),
                "no UTF-8": lambda _, mark: self._with(
                    dumps(self._words(mark)).replace(mark.encode(), mark.encode() + b"\xff\xc0")
                ),
                "half a character": lambda _, mark: self._with(
                    json.dumps(self._words(mark + "\ud800")).encode()
                ),
            },
        }

    def _words(self, text: str) -> dict[str, object]:
        return {
            "id": text[:40].encode("ascii", "replace").decode(),
            "conversation": "evil-customer",
            "channel": self.channel,
            "text": text,
            "staff": None,
        }

    def _with(self, body: bytes) -> Request:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return Request(f"{self.path}/messages", body, headers)

    def _by(self, authorization: str, mark: str) -> Request:
        headers = {"content-type": "application/json"}
        if authorization:
            headers["authorization"] = authorization
        return Request(f"{self.path}/messages", dumps(self._words(mark)), headers)
