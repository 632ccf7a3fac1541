"""What Slack sends to an app: events, interactions, slash commands, signed."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

TOKEN = "xoxb-fake-0123456789-secret"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT = "UBOT"
TEAM = "T1"


def sign(body: bytes, secret: str = SIGNING_SECRET, age: float = 0.0) -> dict[str, str]:
    """Return the headers of a request that was signed so many seconds ago, by Slack's library."""
    timestamp = str(int(time.time() - age))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    assert signature
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


class Sending:
    """Makes what happens in a team, and sends it.

    Attributes:
        messages: What stands in channels, by (channel, ts).
        retry_delays: Seconds before each further attempt; Slack's are 0, 60 and 300.
        timeout: Seconds that an app has to answer.
    """

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.retry_delays = [0.0, 0.3, 0.6]
        self.timeout = 3.0
        self._count = itertools.count(1)
        self._http = httpx.Client(timeout=self.timeout, trust_env=False)

    def response_url(self) -> str:
        """Return an address that takes answers."""
        raise NotImplementedError

    def ts(self) -> str:
        """Return the time that names a message."""
        return f"{int(time.time())}.{next(self._count):06d}"

    def event(self, event: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
        """Return an event in its envelope."""
        return {
            "token": "old",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{next(self._count):08d}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }

    def message(
        self, text: str, user: str = "U1", channel: str = "D1", **more: Any
    ) -> dict[str, Any]:
        """Return the event of a message."""
        kind = "im" if channel.startswith("D") else "channel"
        ts = self.ts()
        return self.event(
            {
                "type": "message",
                "text": text,
                "user": user,
                "channel": channel,
                "channel_type": kind,
                "ts": ts,
                "event_ts": ts,
                **more,
            }
        )

    def press(
        self, channel: str, ts: str, user: str = "U1", index: int = 0, block: int | None = None
    ) -> dict[str, Any]:
        """Return the payload of a press on a button, or of a choice in a menu, of a message."""
        message = self.messages[channel, ts]
        controls = [each for each in message["blocks"] if each["type"] == "actions"]
        chosen = controls[block or 0]
        element = chosen["elements"][0]
        if element["type"] == "static_select":
            action = {**element, "selected_option": element["options"][index]}
        else:
            action = dict(chosen["elements"][index])
        return {
            "type": "block_actions",
            "user": {"id": user, "username": "someone", "team_id": TEAM},
            "team": {"id": TEAM},
            "container": {"type": "message", "message_ts": ts, "channel_id": channel},
            "trigger_id": f"{next(self._count)}.trigger",
            "channel": {"id": channel, "name": "directmessage"},
            "message": json.loads(json.dumps(message)),
            "response_url": self.response_url(),
            "actions": [
                {**action, "block_id": chosen["block_id"], "action_ts": f"{time.time():.6f}"}
            ],
        }

    def submit(self, view: dict[str, Any], value: str | None, user: str = "U1") -> dict[str, Any]:
        """Return the payload of a dialogue with one input that is sent off."""
        block = view["blocks"][0]
        action = block["element"]["action_id"]
        values = {block["block_id"]: {action: {"type": "plain_text_input", "value": value}}}
        return {
            "type": "view_submission",
            "user": {"id": user, "team_id": TEAM},
            "trigger_id": f"{next(self._count)}.trigger",
            "view": {**view, "id": "V1", "state": {"values": values}},
        }

    def command(
        self, text: str, user: str = "U1", channel: str = "C1", command: str = "/xiaoer"
    ) -> dict[str, str]:
        """Return the form of a slash command."""
        return {
            "token": "old",
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": user,
            "command": command,
            "text": text,
            "response_url": self.response_url(),
            "trigger_id": f"{next(self._count)}.trigger",
        }

    def send_event(
        self,
        url: str,
        event: dict[str, Any],
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Send an event once."""
        body = json.dumps(event, ensure_ascii=False).encode()
        return self.send(url, body, content_type, headers)

    def send_payload(self, url: str, payload: dict[str, Any]) -> httpx.Response:
        """Send an interaction."""
        return self.send_form(url, {"payload": json.dumps(payload, ensure_ascii=False)})

    def send_form(self, url: str, form: dict[str, str]) -> httpx.Response:
        """Send a form."""
        return self.send(url, urlencode(form).encode(), "application/x-www-form-urlencoded")

    def send(
        self, url: str, body: bytes, content_type: str, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a signed request."""
        given = {"Content-Type": content_type, **sign(body), **(headers or {})}
        return self._http.post(url, content=body, headers=given)

    def deliver(self, url: str, event: dict[str, Any]) -> list[httpx.Response | None]:
        """Send an event until it is taken, as Slack does; None is an attempt without an answer.

        Source: https://docs.slack.dev/apis/events-api/#retries
        """
        answers: list[httpx.Response | None] = []
        headers: dict[str, str] = {}
        for number, delay in enumerate([0.0, *self.retry_delays]):
            time.sleep(delay)
            if number:
                reason = "http_error" if answers[-1] is not None else "http_timeout"
                headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            try:
                answer = self.send_event(url, event, headers=headers)
            except httpx.HTTPError:
                answers.append(None)
                continue
            answers.append(answer)
            if answer.status_code < 300 or answer.headers.get("X-Slack-No-Retry") == "1":
                break
        return answers
