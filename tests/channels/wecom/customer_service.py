"""WeChat customer service (微信客服) of the platform: the log, the sessions and what may be sent."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.channels.wecom.refusal import Refusal

KF_ID = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"
OTHER_KF_ID = "wkAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"
TOKEN_SECONDS = 600.0
HISTORY_SECONDS = 3 * 86_400
WINDOW_SECONDS = 48 * 3600
MESSAGES_A_WINDOW = 5
CODE_SECONDS = 20.0
# From which state a session may be moved to which.
MOVES = {0: {1, 2, 3, 4}, 1: {2, 3, 4}, 2: {3, 4}, 3: {2, 3, 4}, 4: set()}


@dataclass
class Session:
    """A customer's talk with one account."""

    state: int = 0
    servicer: str = ""
    sent: int = 0
    heard_at: float = 0.0


@dataclass
class CustomerService:
    """The part of the API under `kf/`.

    Attributes:
        sessions: By account and customer.
        sent: What customers were sent, in order.
        pulls: Bodies of the calls of sync_msg.
        servicers: Who receives customers; others give 95014.
    """

    lock: threading.RLock
    sessions: dict[tuple[str, str], Session] = field(default_factory=lambda: defaultdict(Session))
    sent: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    servicers: set[str] = field(default_factory=lambda: {"servicer01"})
    page: int = 1000
    _log: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _codes: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)
    _without_token: list[float] = field(default_factory=list)

    def issue_token(self, account: str) -> str:
        """Return what a callback carries to pull with."""
        with self.lock:
            token = f"ENC{time.time_ns()}"
            self._tokens[token] = (account, time.time() + TOKEN_SECONDS)
            return token

    def expire_callback_tokens(self) -> None:
        """Let ten minutes pass for the tokens of callbacks."""
        with self.lock:
            self._tokens = {token: (account, 0.0) for token, (account, _) in self._tokens.items()}

    def log(self, account: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Add a message or event to the log that is pulled."""
        with self.lock:
            entry = {"msgid": f"m{time.time_ns()}", "send_time": int(time.time()), **entry}
            self._log[account].append(entry)
            return entry

    def customer_writes(self, account: str, user: str, kind: str, content: dict[str, Any]) -> str:
        """Log a customer's message, which opens the window and an ended session anew."""
        with self.lock:
            session = self.sessions[(account, user)]
            session.heard_at, session.sent = time.time(), 0
            if session.state == 4:
                session.state, session.servicer = 0, ""
            entry = {"origin": 3, "open_kfid": account, "external_userid": user}
            return str(self.log(account, {**entry, "msgtype": kind, kind: content})["msgid"])

    def age(self, account: str, user: str, seconds: float) -> None:
        """Let a customer's messages be older than they are."""
        for entry in self._log[account]:
            if entry.get("external_userid") == user:
                entry["send_time"] -= int(seconds)

    def servicer_writes(self, account: str, user: str, text: str) -> None:
        """Log what a person of the shop wrote."""
        entry = {"origin": 5, "open_kfid": account, "external_userid": user}
        words = {"servicer_userid": "servicer01", "msgtype": "text", "text": {"content": text}}
        self.log(account, {**entry, **words})

    def event(self, account: str, user: str, kind: str, **details: Any) -> None:
        """Log an event; its account and customer stand inside it."""
        about = {"event_type": kind, "open_kfid": account, "external_userid": user}
        self.log(account, {"origin": 4, "msgtype": "event", "event": {**about, **details}})

    def welcome_code(self, account: str, user: str) -> str:
        """Return a code with which one message may be sent within 20 seconds."""
        with self.lock:
            code = f"welcome-{time.time_ns()}"
            self._codes[code] = (account, user, time.time() + CODE_SECONDS)
            return code

    def texts(self, user: str) -> list[str]:
        """What a customer reads, in order."""
        with self.lock:
            return [_words(message) for message in self.sent if message["touser"] == user]

    def call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer one call."""
        calls = {
            "kf/sync_msg": self._sync,
            "kf/send_msg": self._send,
            "kf/send_msg_on_event": self._send_on_event,
            "kf/service_state/get": self._state,
            "kf/service_state/trans": self._move,
        }
        if method not in calls:
            raise Refusal(40066)
        return calls[method](body)

    def _sync(self, body: dict[str, Any]) -> dict[str, Any]:
        self.pulls.append(body)
        account = body.get("open_kfid", "")
        now = time.time()
        if body.get("token"):
            known, until = self._tokens.get(body["token"], ("", 0.0))
            if known != account or until < now:
                raise Refusal(95007)
        else:
            self._without_token = [at for at in self._without_token if now - at < 60]
            if len(self._without_token) >= 3:
                raise Refusal(45009)
            self._without_token.append(now)
        log = self._log[account]
        first = next(
            (
                i
                for i, entry in enumerate(log)
                if now - (entry["send_time"] or now) < HISTORY_SECONDS
            ),
            len(log),
        )
        if body.get("cursor"):
            prefix, _, position = body["cursor"].partition(":")
            if prefix != account[-6:] or not position.isdigit():
                raise Refusal(40058)
            first = max(first, int(position))
        last = min(first + min(body.get("limit", 1000), self.page), len(log))
        return {
            "msg_list": log[first:last],
            "next_cursor": f"{account[-6:]}:{last}",
            "has_more": int(last < len(log)),
        }

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        session = self.sessions[(body["open_kfid"], body["touser"])]
        if session.state not in (0, 1):
            raise Refusal(95018)
        if time.time() - session.heard_at > WINDOW_SECONDS:
            raise Refusal(95002)
        if session.sent >= MESSAGES_A_WINDOW:
            raise Refusal(95001)
        message_id = body.get("msgid") or f"out{time.time_ns()}"
        if message_id in self._ids or len(message_id) > 32:
            raise Refusal(40058)
        _check(body)
        self._ids.add(message_id)
        session.sent += 1
        self.sent.append({**body, "msgid": message_id})
        return {"msgid": message_id}

    def _send_on_event(self, body: dict[str, Any]) -> dict[str, Any]:
        account, user, until = self._codes.pop(body.get("code", ""), ("", "", 0.0))
        if until < time.time():
            raise Refusal(41050)
        _check(body)
        self.sent.append({**body, "touser": user, "open_kfid": account, "event": True})
        return {"msgid": f"out{time.time_ns()}"}

    def _state(self, body: dict[str, Any]) -> dict[str, Any]:
        session = self.sessions[(body["open_kfid"], body["external_userid"])]
        return {"service_state": session.state, "servicer_userid": session.servicer}

    def _move(self, body: dict[str, Any]) -> dict[str, Any]:
        account, user = body["open_kfid"], body["external_userid"]
        session = self.sessions[(account, user)]
        state = body["service_state"]
        if state not in MOVES[session.state]:
            raise Refusal(95016)
        if state == 3 and body.get("servicer_userid") not in self.servicers:
            raise Refusal(95014)
        session.state = state
        session.servicer = body.get("servicer_userid", "") if state == 3 else ""
        return {"msg_code": self.welcome_code(account, user)}


def _check(body: dict[str, Any]) -> None:
    kind = body["msgtype"]
    if kind == "text" and len(body["text"]["content"].encode()) > 2048:
        raise Refusal(45002)
    if kind == "msgmenu":
        menu = body["msgmenu"]
        if len(menu["list"]) > 10:
            raise Refusal(95008)
        if len(menu.get("head_content", "").encode()) > 1024:
            raise Refusal(45002)
        for item in menu["list"]:
            click = item.get("click", {"id": "-", "content": "-"})
            if not 1 <= len(click["id"].encode()) <= 128 or len(click["content"].encode()) > 128:
                raise Refusal(40058)
    if kind == "link" and not body["link"].get("thumb_media_id"):
        raise Refusal(40007)


def _words(message: dict[str, Any]) -> str:
    if message["msgtype"] == "text":
        return str(message["text"]["content"])
    if message["msgtype"] == "msgmenu":
        return str(message["msgmenu"].get("head_content", ""))
    return str(message[message["msgtype"]])
