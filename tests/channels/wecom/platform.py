"""A WeCom (企业微信) server for tests that behaves as the developer documents say.

It keeps the documents' rules itself: tokens end, a member may get 30 messages a minute, a customer
five in 48 hours, a session's state decides who may write, cursors are opaque, callback tokens end
after ten minutes. Encryption is wechatpy's, the other side's implementation.

Sources: https://developer.work.weixin.qq.com/document/path/90236 (message/send), …/90238 and
…/90241 (callbacks, passive replies), …/94670 (sync_msg), …/94677 (kf/send_msg), …/94669 (states).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import urllib.parse
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.channels.wecom.customer_service import CustomerService
from tests.channels.wecom.refusal import Refusal

CORP_ID = "ww1234567890abcdef"
APP_SECRET = "app-secret-0123456789"
KF_SECRET = "kf-secret-0123456789"
AGENT_ID = 1000002
MESSAGES_A_MINUTE = 30
TEXT_BYTES = 2048


class WeComPlatform:
    """The platform's API at `url`, what it delivered, and switches for what goes wrong.

    Attributes:
        members: Who may be written to; others give 81013.
        sent: What members were sent, in order: `{"to", "msgtype", …, "via": "api"|"passive"}`.
        cards: The text that replaced a card's buttons, by the code of the press.
        calls: Names of the API's methods in the order they were called.
        unlicensed: Members that the platform takes messages for and gives none.
        failures: For a method, error codes that the next calls are answered with.
        slow: Seconds that each call of a method takes.
    """

    def __init__(self) -> None:
        self.members = {"zhangsan", "lisi"}
        self.unlicensed: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.cards: dict[str, str] = {}
        self.calls: list[str] = []
        self.failures: dict[str, list[int]] = defaultdict(list)
        self.slow: dict[str, float] = {}
        self.response_codes: dict[str, str] = {}
        self.lock = threading.RLock()
        self.kf = CustomerService(self.lock)
        self._tokens: dict[str, tuple[str, float]] = {}
        self._sends: dict[str, list[float]] = defaultdict(list)
        self._recent: dict[tuple[str, str], float] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The API's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def expire_tokens(self) -> None:
        """Make every access token invalid before its time, as the platform may."""
        with self.lock:
            self._tokens = {secret: (token, 0.0) for secret, (token, _) in self._tokens.items()}

    def texts(self, user: str) -> list[str]:
        """What a member reads, in order."""
        with self.lock:
            return [_words(message) for message in self.sent if message["to"] == user]

    def answer(self, method: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """Answer one call of the API."""
        with self.lock:
            self.calls.append(method)
            planned = self.failures[method].pop(0) if self.failures[method] else 0
        time.sleep(self.slow.get(method, 0.0))
        try:
            if planned:
                raise Refusal(planned)
            with self.lock:
                if method == "gettoken":
                    return self._gettoken(query)
                secret = self._secret(query.get("access_token", ""))
                return {"errcode": 0, "errmsg": "ok", **self._call(method, secret, body)}
        except Refusal as refusal:
            return {"errcode": refusal.code, "errmsg": f"refused, hint: [{time.time_ns()}]"}

    def _gettoken(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("corpid") != CORP_ID:
            raise Refusal(40013)
        secret = query.get("corpsecret", "")
        if secret not in (APP_SECRET, KF_SECRET):
            raise Refusal(40001)
        token, until = self._tokens.get(secret, ("", 0.0))
        if until < time.time():
            token, until = f"token-{secret[:3]}-{time.time_ns()}", time.time() + 7200
            self._tokens[secret] = (token, until)
        left = int(until - time.time())
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left}

    def _secret(self, token: str) -> str:
        for secret, (known, until) in self._tokens.items():
            if known == token:
                if until < time.time():
                    raise Refusal(42001)
                return secret
        raise Refusal(40014)

    def _call(self, method: str, secret: str, body: dict[str, Any]) -> dict[str, Any]:
        if method.startswith("kf/"):
            if secret != KF_SECRET:
                raise Refusal(48002)
            return self.kf.call(method, body)
        if secret != APP_SECRET or body.get("agentid") != AGENT_ID:
            raise Refusal(301002)
        if method == "message/send":
            return self._send(body)
        if method == "message/update_template_card":
            return self._update(body)
        raise Refusal(40066)

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        user = body.get("touser", "")
        kind = body.get("msgtype", "")
        if user not in self.members:
            raise Refusal(81013)
        if user in self.unlicensed:
            return {"invaliduser": user}
        if not body.get(kind):
            raise Refusal(40008)
        if len(json.dumps(body[kind], ensure_ascii=False).encode()) > 8192:
            raise Refusal(45002)
        self._check(kind, body[kind])
        now = time.time()
        content = json.dumps(body[kind], sort_keys=True)
        if body.get("enable_duplicate_check") and user:
            interval = body.get("duplicate_check_interval", 1800)
            if now - self._recent.get((user, content), 0.0) < interval:
                return {"msgid": "duplicate"}
        self._recent[(user, content)] = now
        lately = [at for at in self._sends[user] if now - at < 60]
        if len(lately) >= MESSAGES_A_MINUTE:
            raise Refusal(45009)
        self._sends[user] = [*lately, now]
        self.sent.append({"to": user, "msgtype": kind, kind: body[kind], "via": "api"})
        return {"msgid": f"sent-{len(self.sent)}", "response_code": f"code-{len(self.sent)}"}

    def _check(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "text" and len(content["content"].encode()) > TEXT_BYTES:
            raise Refusal(45002)
        if kind == "news" and not 1 <= len(content["articles"]) <= 8:
            raise Refusal(45008)
        if kind == "textcard" and not all(content.get(n) for n in ("title", "description", "url")):
            raise Refusal(41016)
        if kind == "template_card" and content.get("card_type") == "button_interaction":
            buttons = content.get("button_list", [])
            if not 1 <= len(buttons) <= 6 or not content.get("task_id"):
                raise Refusal(42014)
            if any(len(str(button.get("key", "")).encode()) > 1024 for button in buttons):
                raise Refusal(42014)

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        code = body.get("response_code", "")
        if self.response_codes.get(code) != body.get("userids", [""])[0]:
            raise Refusal(42015)
        del self.response_codes[code]  # it can be used once
        self.cards[code] = body["button"]["replace_name"]
        return {}


def _words(message: dict[str, Any]) -> str:
    kind = message["msgtype"]
    content = message[kind]
    if kind == "text":
        return str(content["content"])
    if kind == "template_card":
        return str(content["main_title"]["title"] or content.get("sub_title_text", ""))
    return json.dumps(content, ensure_ascii=False)


def _handler(platform: WeComPlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def _reply(self) -> None:
            address = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(address.query))
            length = int(self.headers.get("content-length") or 0)
            received = self.rfile.read(length)
            if len(received) < length:
                self.close_connection = True  # the caller was killed meanwhile
                return
            body = json.loads(received or b"{}")
            method = address.path.removeprefix("/cgi-bin/")
            answer = json.dumps(platform.answer(method, query, body)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json; charset=UTF-8")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(answer)

        do_GET = _reply
        do_POST = _reply

    return Handler
