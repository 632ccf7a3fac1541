"""How the platform calls an app: encrypted by wechatpy, three times when nobody answers."""

from __future__ import annotations

import itertools
import time
from typing import Any
from xml.sax.saxutils import escape

import httpx
from wechatpy.enterprise.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from tests.channels.wecom.platform import AGENT_ID, CORP_ID, WeComPlatform

TOKEN = "callbackTokenOfTests"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TRIES = 3

_numbers = itertools.count(1)


class Caller:
    """Sends callbacks to one address.

    Attributes:
        answers: Each answer that came in time: status and body.
    """

    def __init__(self, platform: WeComPlatform, address: str, wait: float = 5.0) -> None:
        self._platform = platform
        self._address = address
        self._wait = wait
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, CORP_ID)
        self.answers: list[httpx.Response] = []

    def verify(self, echo: str = "5927782489442352469") -> httpx.Response:
        """Ask for the handshake that saving the settings makes."""
        encrypted = PrpCrypto(self._crypto.key).encrypt(echo, CORP_ID).decode()
        query = self.query(encrypted)
        return httpx.get(self._address, params={**query, "echostr": encrypted}, timeout=5)

    def message(self, user: str, kind: str, **fields: Any) -> httpx.Response | None:
        """Deliver what a member sent; a passive answer is what they read next."""
        fields = {"MsgId": str(7_000_000_000 + next(_numbers)), **fields}
        return self.deliver(user, {"MsgType": kind, **fields})

    def text(self, user: str, words: str, **fields: Any) -> httpx.Response | None:
        """Deliver a text."""
        return self.message(user, "text", Content=words, **fields)

    def event(self, user: str, kind: str, **fields: Any) -> httpx.Response | None:
        """Deliver an event."""
        return self.deliver(user, {"MsgType": "event", "Event": kind, **fields})

    def press(self, user: str, card: dict[str, Any], key: str) -> httpx.Response | None:
        """Press a button of a card that was sent."""
        code = f"press-{time.time_ns()}"
        self._platform.response_codes[code] = user
        return self.event(
            user,
            "template_card_event",
            EventKey=key,
            TaskId=card["template_card"]["task_id"],
            CardType="button_interaction",
            ResponseCode=code,
        )

    def deliver(self, user: str, fields: dict[str, Any]) -> httpx.Response | None:
        """Call the app, again after 5 s without an answer, three times in all."""
        about = {"ToUserName": CORP_ID, "FromUserName": user, "CreateTime": int(time.time())}
        plain = xml({**about, **fields, "AgentID": AGENT_ID})
        for _ in range(TRIES):
            try:
                answer = self.post(*self.envelope(plain))
            except httpx.TransportError:
                continue
            self.answers.append(answer)
            if answer.status_code == 200 and answer.text not in ("", "success"):
                self._passive(user, answer.text)
            return answer
        return None

    def kf(self, account: str, token: str | None = None) -> httpx.Response | None:
        """Tell that an account has messages to pull."""
        token = token or self._platform.kf.issue_token(account)
        about = {"ToUserName": CORP_ID, "CreateTime": int(time.time()), "MsgType": "event"}
        plain = xml({**about, "Event": "kf_msg_or_event", "Token": token, "OpenKfId": account})
        for _ in range(TRIES):
            try:
                return self.post(*self.envelope(plain))
            except httpx.TransportError:
                continue
        return None

    def post(self, query: dict[str, str], body: bytes) -> httpx.Response:
        """Post a callback as it is."""
        headers = {"content-type": "text/xml"}
        return httpx.post(
            self._address, params=query, content=body, headers=headers, timeout=self._wait
        )

    def envelope(self, plain: str) -> tuple[dict[str, str], bytes]:
        """Return the query and the body of a callback."""
        encrypted = PrpCrypto(self._crypto.key).encrypt(plain, CORP_ID).decode()
        body = xml({"ToUserName": CORP_ID, "AgentID": AGENT_ID, "Encrypt": encrypted})
        return self.query(encrypted), body.encode()

    def query(self, encrypted: str, at: float | None = None) -> dict[str, str]:
        """Return the signed query of something encrypted."""
        timestamp = str(int(at or time.time()))
        nonce = f"{time.time_ns() % 10**10}{next(_numbers)}"
        signer = WeChatSigner()
        signer.add_data(TOKEN, timestamp, nonce, encrypted)
        return {"msg_signature": signer.signature, "timestamp": timestamp, "nonce": nonce}

    def _passive(self, user: str, body: str) -> None:
        import xmltodict

        outer = xmltodict.parse(body)["xml"]
        plain = self._crypto.decrypt_message(
            body, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
        )
        inner = xmltodict.parse(plain)["xml"]
        assert inner["ToUserName"] == user
        assert inner["FromUserName"] == CORP_ID
        assert len(inner["Content"].encode()) <= 2048
        with self._platform.lock:
            text = {"content": inner["Content"]}
            self._platform.sent.append(
                {"to": user, "msgtype": "text", "text": text, "via": "passive"}
            )


def xml(fields: dict[str, Any]) -> str:
    """Return fields as the platform writes them."""
    return (
        "<xml>"
        + "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())
        + "</xml>"
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_value(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{value}]]>" if "]]>" not in str(value) else escape(str(value))
