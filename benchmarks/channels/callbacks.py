"""Callbacks of WeChat and WeCom as the platform makes them, by wechatpy, the other side's crypto."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import xmltodict
from wechatpy.crypto import PrpCrypto, WeChatCrypto


@dataclass
class Callbacks:
    """Signs and encrypts what the platform sends, and reads what it is answered.

    Args:
        token: as set in the platform's console.
        aes_key: the EncodingAESKey, 43 characters.
        receiver: the app id, or the id of the corporation.
        account: whom customers write to; WeChat's original id, or the id of the corporation.
        plain_signature: whether the query also has `signature` and `encrypt_type`, as WeChat's.
    """

    token: str
    aes_key: str
    receiver: str
    account: str
    plain_signature: bool
    _crypto: WeChatCrypto = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._crypto = WeChatCrypto(self.token, self.aes_key, self.receiver)

    def text(self, sender: str, message_id: int, content: str, **more: Any) -> str:
        """Return the XML of a text message."""
        return self.message(sender, MsgType="text", Content=content, MsgId=message_id, **more)

    def message(self, sender: str, **fields: Any) -> str:
        """Return the XML of a message or an event."""
        about = {"ToUserName": self.account, "FromUserName": sender, "CreateTime": int(time.time())}
        return xml({**about, **fields})

    def encrypt(self, plain: str | bytes) -> str:
        """Return what goes into `Encrypt`."""
        return str(PrpCrypto(self._crypto.key).encrypt(plain, self.receiver).decode())

    def body(self, encrypted: str) -> bytes:
        """Return the body that carries something encrypted."""
        return xml({"ToUserName": self.account, "Encrypt": encrypted}).encode()

    def query(self, encrypted: str, nonce: str, at: float | None = None) -> dict[str, str]:
        """Return the signed query; `at` in seconds since 1970, now when left out."""
        timestamp = str(int(time.time() if at is None else at))
        query = {"timestamp": timestamp, "nonce": nonce}
        query["msg_signature"] = self.signature(timestamp, nonce, encrypted)
        if self.plain_signature:
            query["signature"] = self.signature(timestamp, nonce)
            query["encrypt_type"] = "aes"
        return query

    def signature(self, *parts: str) -> str:
        """Return the signature of these parts, with the token among them."""
        joined = "".join(sorted((self.token, *parts)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def read(self, body: str) -> dict[str, Any]:
        """Decrypt a passive answer.

        Raises:
            Exception: of many kinds, when it is not one: the platform takes no such answer.
        """
        outer = xmltodict.parse(body)["xml"]
        plain = self._crypto.decrypt_message(
            body, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
        )
        return dict(xmltodict.parse(plain)["xml"])


def xml(fields: dict[str, Any]) -> str:
    """Return fields as the platform writes them."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = escape(value) if "]]>" in value else f"<![CDATA[{value}]]>"
    return f"<{name}>{text}</{name}>"
