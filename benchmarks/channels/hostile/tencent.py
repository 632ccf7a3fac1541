"""Hostile callbacks of WeChat, WeCom and WeChat customer service, in the encrypted mode.

Where what is wrong lies inside, the outside is right: signed with the token and encrypted with the key,
so that the request comes as far as the fault.
"""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from wechatpy.crypto.cryptography import WeChatCipher

from benchmarks.channels.callbacks import Callbacks, xml
from benchmarks.channels.hostile.request import (
    BIG,
    WORDS,
    Attacker,
    Make,
    Request,
    cut,
    percent,
)
from benchmarks.channels.hostile.xml_bombs import BOMBS

_MINUTE = 60


@dataclass(frozen=True)
class TencentAttacker(Attacker):
    """Attacks one connector.

    Args:
        path: of its callback.
        callbacks: with the connector's token and key.
        account: of WeChat customer service, whose callbacks carry no content: the mark is then
            what they carry to pull with. Empty for the others.
    """

    path: str
    callbacks: Callbacks
    account: str = ""

    def genuine(self, mark: str) -> Request:
        """Return a request that the connector has to take."""
        return replace(self._sealed(self._plain(mark), _nonce(mark)), mark=mark)

    def variants(self) -> dict[str, dict[str, Make]]:
        """Return by kind and name what makes a request."""
        forged: dict[str, Make] = {
            "signature by chance": self._signature_by_chance,
            "another token": self._another_token,
            "no signature": self._no_signature,
            "signature beyond ASCII": self._signature_beyond_ascii,
            "empty signature": self._empty_signature,
            "another message's signature": self._another_message,
            "another key": self._another_key,
            "another receiver": self._another_receiver,
            "handshake": self._handshake,
            "not encrypted": self._not_encrypted,
        }
        old: dict[str, Make] = {
            "old": lambda chance, mark: self._at(
                mark, str(int(time.time()) - chance.randrange(6 * _MINUTE, 24 * 60 * _MINUTE))
            ),
            "from the future": lambda chance, mark: self._at(
                mark, str(int(time.time()) + chance.randrange(6 * _MINUTE, 24 * 60 * _MINUTE))
            ),
            "no time": lambda chance, mark: self._at(
                mark,
                chance.choice(["", "soon", "-1", "1e9", "NaN", "１７９０００００００", "9" * 40]),
            ),
        }
        truncated: dict[str, Make] = {
            "body": self._cut_body,
            "empty": lambda _, mark: replace(self.genuine(mark), body=b""),
            "encrypted, then cut": self._cut_encrypted,
            "message": lambda chance, mark: self._sealed(
                cut(self._plain(mark).encode(), chance), _nonce(mark)
            ),
            "length": self._wrong_length,
        }
        oversized: dict[str, Make] = {
            "unsigned": lambda _, mark: self._unsigned(xml({"Content": mark + "x" * BIG}).encode()),
            "signed": lambda _, mark: self._sealed(
                self._plain(mark).replace("</xml>", f"<Title>{'x' * BIG}</Title></xml>"),
                _nonce(mark),
            ),
            "depth": lambda _, mark: self._unsigned(b"<xml>" + b"<a>" * (BIG // 3)),
            "depth, signed": lambda _, mark: self._sealed(
                "<xml>" + "<a>" * (BIG // 7) + "</a>" * (BIG // 7) + "</xml>", _nonce(mark)
            ),
        }
        bombs: dict[str, Make] = {
            f"{name}, {place}": make
            for name, bomb in BOMBS.items()
            for place, make in {
                "unsigned": lambda _, mark, bomb=bomb: self._unsigned(
                    bomb(self._plain(mark), mark)
                ),
                "signed": lambda _, mark, bomb=bomb: self._sealed(
                    bomb(self._plain(mark), mark), _nonce(mark)
                ),
            }.items()
        }
        encodings: dict[str, Make] = {
            "GBK": lambda _, mark: self._sealed(
                self._plain(mark, WORDS).encode("gbk"), _nonce(mark)
            ),
            "GBK, declared": lambda _, mark: self._sealed(
                ('<?xml version="1.0" encoding="gbk"?>' + self._plain(mark, WORDS)).encode("gbk"),
                _nonce(mark),
            ),
            "UTF-16": lambda _, mark: self._sealed(
                self._plain(mark, WORDS).encode("utf-16"), _nonce(mark)
            ),
            "UTF-16, unsigned": lambda _, mark: self._unsigned(
                self._plain(mark, WORDS).encode("utf-16")
            ),
            "UTF-7 declared": lambda _, mark: self._sealed(
                '<?xml version="1.0" encoding="utf-7"?>' + self._plain(mark), _nonce(mark)
            ),
            "no UTF-8": lambda chance, mark: self._sealed(
                self._plain(mark).encode().replace(b"<xml>", b"<xml>\xff\xfe\x80"), _nonce(mark)
            ),
            "NUL": lambda _, mark: self._sealed(
                self._plain(mark).encode().replace(b"<xml>", b"<xml>\0"), _nonce(mark)
            ),
            "no base64": lambda chance, mark: self._signed(
                "".join(chance.choices("-_*%&;你", k=64)), _nonce(mark)
            ),
            "query": self._wrong_query,
        }
        return {
            "forged": forged,
            "old": old,
            "truncated": truncated,
            "oversized": oversized,
            "entity bomb": bombs,
            "wrong encoding": encodings,
        }

    def replays(self, taken: Sequence[Request]) -> dict[str, Make]:
        """Return what replays a request that was taken, by name."""

        def nonce_for_another(chance: random.Random, mark: str) -> Request:
            query = dict(
                pair.split("=", 1)
                for pair in chance.choice(taken).path.partition("?")[2].split("&")
            )
            encrypted = self.callbacks.encrypt(self._plain(mark))
            at = float(query["timestamp"])
            return self._request(
                self.callbacks.query(encrypted, query["nonce"], at), self.callbacks.body(encrypted)
            )

        return {**super().replays(taken), "nonce of another": nonce_for_another}

    def _plain(self, mark: str, words: str = "") -> str:
        if self.account:
            return xml(
                {
                    "ToUserName": self.callbacks.account,
                    "CreateTime": int(time.time()),
                    "MsgType": "event",
                    "Event": "kf_msg_or_event",
                    "Token": mark,
                    "OpenKfId": self.account + words,
                }
            )
        number = int.from_bytes(mark.encode()[-7:], "big")
        return self.callbacks.text("evil-customer", number, f"{mark} {words}", **self._agent())

    def _agent(self) -> dict[str, int]:
        return {} if self.callbacks.plain_signature else {"AgentID": 1000002}

    def _request(self, query: Mapping[str, str], body: bytes, method: str = "POST") -> Request:
        return Request(
            f"{self.path}?{urlencode(query)}", body, {"content-type": "text/xml"}, method
        )

    def _signed(self, encrypted: str, nonce: str) -> Request:
        return self._request(self.callbacks.query(encrypted, nonce), self.callbacks.body(encrypted))

    def _sealed(self, plain: str | bytes, nonce: str) -> Request:
        return self._signed(self.callbacks.encrypt(plain), nonce)

    def _unsigned(self, body: bytes) -> Request:
        """Return a body that the signature of the query does not cover."""
        return self._request(self.callbacks.query("nothing", "1"), body)

    def _with(self, mark: str, change: Mapping[str, str]) -> Request:
        """Return a genuine request with some of its signatures replaced."""
        encrypted = self.callbacks.encrypt(self._plain(mark))
        query = self.callbacks.query(encrypted, _nonce(mark))
        return self._request({**query, **change}, self.callbacks.body(encrypted))

    def _signatures(self, value: str) -> dict[str, str]:
        names = ("msg_signature", "signature")
        return dict.fromkeys(names if self.callbacks.plain_signature else names[:1], value)

    def _signature_by_chance(self, chance: random.Random, mark: str) -> Request:
        return self._with(mark, {"msg_signature": f"{chance.getrandbits(160):040x}"})

    def _another_token(self, _: random.Random, mark: str) -> Request:
        other = replace(self.callbacks, token="guessedToken")
        encrypted = self.callbacks.encrypt(self._plain(mark))
        return self._request(other.query(encrypted, _nonce(mark)), other.body(encrypted))

    def _no_signature(self, _: random.Random, mark: str) -> Request:
        encrypted = self.callbacks.encrypt(self._plain(mark))
        return self._request(
            {"timestamp": str(int(time.time())), "nonce": _nonce(mark)},
            self.callbacks.body(encrypted),
        )

    def _signature_beyond_ascii(self, _: random.Random, mark: str) -> Request:
        return self._with(mark, self._signatures("签名" * 13))

    def _empty_signature(self, _: random.Random, mark: str) -> Request:
        return self._with(mark, self._signatures(""))

    def _another_message(self, _: random.Random, mark: str) -> Request:
        other = self.callbacks.encrypt(self._plain(f"{mark}y"))
        encrypted = self.callbacks.encrypt(self._plain(mark))
        return self._request(
            self.callbacks.query(other, _nonce(mark)), self.callbacks.body(encrypted)
        )

    def _another_key(self, _: random.Random, mark: str) -> Request:
        other = replace(self.callbacks, aes_key="Z" * 42 + "E")
        return self._signed(other.encrypt(self._plain(mark)), _nonce(mark))

    def _another_receiver(self, _: random.Random, mark: str) -> Request:
        other = replace(self.callbacks, receiver="wx0000000000000000")
        return self._signed(other.encrypt(self._plain(mark)), _nonce(mark))

    def _handshake(self, chance: random.Random, mark: str) -> Request:
        query = self.callbacks.query("nothing", _nonce(mark))
        query.update(self._signatures(f"{chance.getrandbits(160):040x}"))
        query["echostr"] = self.callbacks.encrypt(mark)
        return self._request(query, b"", "GET")

    def _not_encrypted(self, _: random.Random, mark: str) -> Request:
        """The signature of the query is right, but covers no body."""
        query = self.callbacks.query("nothing", _nonce(mark))
        kept: dict[str, str] = {
            name: query[name] for name in ("timestamp", "nonce", "signature") if name in query
        }
        return self._request(kept, self._plain(mark).encode())

    def _at(self, mark: str, timestamp: str) -> Request:
        encrypted = self.callbacks.encrypt(self._plain(mark))
        nonce = _nonce(mark)
        query = self.callbacks.query(encrypted, nonce)
        query["timestamp"] = timestamp
        query["msg_signature"] = self.callbacks.signature(timestamp, nonce, encrypted)
        if "signature" in query:
            query["signature"] = self.callbacks.signature(timestamp, nonce)
        return self._request(query, self.callbacks.body(encrypted))

    def _cut_body(self, chance: random.Random, mark: str) -> Request:
        whole = self.genuine(mark)
        return replace(whole, body=cut(whole.body, chance))

    def _cut_encrypted(self, chance: random.Random, mark: str) -> Request:
        encrypted = self.callbacks.encrypt(self._plain(mark))
        return self._signed(cut(encrypted.encode(), chance).decode(), _nonce(mark))

    def _wrong_length(self, chance: random.Random, mark: str) -> Request:
        """Encrypt a message whose length field names more bytes than there are."""
        plain = self._plain(mark).encode()
        length = chance.choice([len(plain) + 1000, 2**31 - 1, 2**32 - 1, 0])
        content = b"r" * 16 + length.to_bytes(4, "big") + plain + self.callbacks.receiver.encode()
        padding = 32 - len(content) % 32
        key = base64.b64decode(self.callbacks.aes_key + "=")
        sealed = WeChatCipher(key).encrypt(content + bytes([padding]) * padding)
        return self._signed(base64.b64encode(sealed).decode(), _nonce(mark))

    def _wrong_query(self, _: random.Random, mark: str) -> Request:
        genuine = self.genuine(mark)
        path, query = genuine.path.split("?", 1)
        broken = query.replace("nonce=", "nonce=" + percent(b"\xff\xc0"))
        return replace(genuine, path=f"{path}?{broken}")


def _nonce(mark: str) -> str:
    return f"{int.from_bytes(mark.encode()[-6:], 'big')}"
