"""What is not Slack's, or not what Slack sends, is refused and never an error of the server."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import pytest

from tests.channels.slack.hosting import Host
from tests.channels.slack.platform import SlackPlatform, sign

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def _post(host: Host, body: bytes, headers: dict[str, str], kind: str = JSON) -> httpx.Response:
    return httpx.post(
        host.url, content=body, headers={"Content-Type": kind, **headers}, trust_env=False
    )


def test_signatures_of_slacks_own_library_are_taken(
    slack: SlackPlatform, host: Callable[..., Host]
) -> None:
    served = host()
    body = json.dumps(slack.message("你好")).encode()
    for age in (0, 290, -290):
        assert _post(served, body, sign(body, age=age)).status_code == 200
    served.wait_heard()


def test_forged_old_and_missing_signatures_are_refused(
    slack: SlackPlatform, host: Callable[..., Host], caplog: pytest.LogCaptureFixture
) -> None:
    served = host()
    body = json.dumps(slack.message("hi")).encode()
    good = sign(body)
    refused = [
        {},
        sign(body, secret="another"),
        sign(body, age=310),
        sign(body, age=-310),
        {**good, "X-Slack-Signature": good["X-Slack-Signature"][:-1]},
        {**good, "X-Slack-Signature": ""},
        {**good, "X-Slack-Signature": "v0=é"},
        {**good, "X-Slack-Request-Timestamp": "now"},
        {**good, "X-Slack-Request-Timestamp": "1" * 400},
        {**good, "X-Slack-Request-Timestamp": "-1"},
        sign(body + b" "),
    ]
    for headers in refused:
        raw = {key: value.encode("latin-1") for key, value in headers.items()}
        answer = httpx.post(
            served.url,
            content=body,
            headers={b"Content-Type": b"application/json", **raw},  # type: ignore[arg-type]
        )
        assert answer.status_code == 401
    assert served.settle() == []
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


def test_a_request_that_is_sent_again_is_not_handled_again(
    slack: SlackPlatform, host: Callable[..., Host]
) -> None:
    served = host()
    command = urlencode(slack.command("find shoes")).encode()
    event = json.dumps(slack.message("hi")).encode()
    for body, kind in ((event, JSON), (command, FORM)):
        headers = sign(body)
        for _ in range(3):
            assert _post(served, body, headers, kind).status_code == 200
    served.wait_heard(2)
    assert sorted(each.text or "" for each in served.settle()) == ["find shoes", "hi"]


def test_what_is_too_large_is_refused(slack: SlackPlatform, host: Callable[..., Host]) -> None:
    served = host()
    for size, status in ((999_000, 200), (1_000_001, 413), (2_000_000, 413)):
        body = json.dumps(slack.event({"type": "reaction_added"})).encode()
        body += b" " * (size - len(body))
        assert _post(served, body, sign(body)).status_code == status


def test_what_slack_does_not_send_is_refused(host: Callable[..., Host]) -> None:
    served = host()
    for body, kind, status in (
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"null", JSON, 400),
        (b"[" * 200_000, JSON, 400),
        (b'{"type": "event_callback"}', JSON, 400),
        (b'{"type": "event_callback", "event": "x", "event_id": "E"}', JSON, 400),
        (b'{"event": {"type": "message"}, "event_id": 5}', JSON, 400),
        (b'{"event": {"type": "message", "text": "\\ud800"}, "event_id": "E"}', JSON, 400),
        (b"", FORM, 400),
        (b"payload=x", FORM, 400),
        (b"payload=[]", FORM, 400),
        (b"payload={}", FORM, 400),
        (b'payload={"type":"block_actions","user":{"id":"U1"}}', FORM, 400),
        (b'payload={"type":"block_actions","user":{"id":"U1"},"actions":[5]}', FORM, 400),
        (b"text=hello", FORM, 400),
        (b"<xml/>", "text/xml", 415),
        (b"{}", "", 415),
    ):
        assert _post(served, body, sign(body), kind).status_code == status, body[:80]
    # What is no UTF-8 cannot be signed as Slack signs.
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=1"}
    assert _post(served, "你好".encode("gb18030"), headers).status_code == 401
    assert served.settle() == []


def test_events_of_any_shape_are_no_error(
    slack: SlackPlatform, host: Callable[..., Host], caplog: pytest.LogCaptureFixture
) -> None:
    served = host(slack_channel="C1")
    chance = random.Random(5)
    odd = [None, 0, True, [], {}, [[]], "x", {"a": 1}, [1, {}], -1.5, "\u0000", "<@", "<|>", "/"]

    def spoil(data: object) -> object:
        if isinstance(data, dict):
            return {
                key: chance.choice(odd) if chance.random() < 0.15 else spoil(value)
                for key, value in data.items()
                if chance.random() > 0.05
            }
        return [spoil(each) for each in data] if isinstance(data, list) else data

    press = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "D1"},
        "trigger_id": "7.7",
        "channel": {"id": "D1"},
        "message": {
            "ts": "1.1",
            "text": "?",
            "blocks": [{"type": "actions", "block_id": "xiaoer-0"}],
        },
        "response_url": slack.response_url(),
        "actions": [
            {
                "type": "static_select",
                "block_id": "xiaoer-0",
                "selected_option": {"text": {"text": "a"}, "value": "/a"},
            }
        ],
    }
    for number in range(300):
        event = slack.message("hi <@U2>", channel="C1", files=[{"id": "F", "name": "n"}])
        event["event_id"] = f"odd{number}"
        given = spoil(event)
        form = {"payload": json.dumps(spoil({**press, "trigger_id": f"odd{number}"}))}
        for answer in (
            slack.send(served.url, json.dumps(given).encode(), JSON),
            slack.send_form(served.url, form),
        ):
            assert answer.status_code in (200, 400), (given, form)
    assert served.settle()
    assert "background task failed" not in caplog.text


def test_the_address_is_verified_and_checked(
    slack: SlackPlatform, host: Callable[..., Host]
) -> None:
    served = host()
    asked = {"type": "url_verification", "token": "old", "challenge": "3eZbrw1aB"}
    assert slack.send_event(served.url, asked).json() == {"challenge": "3eZbrw1aB"}
    assert slack.send_form(served.url, {"ssl_check": "1", "token": "old"}).status_code == 200
    health = httpx.get(served.url.removesuffix("webhook"), trust_env=False)
    assert health.json() == {"status": "ok"}
    assert httpx.get(served.url, trust_env=False).status_code == 405
    assert served.settle() == []
