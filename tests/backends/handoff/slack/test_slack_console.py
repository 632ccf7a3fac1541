"""Staff answer customers from threads in Slack: over HTTP, against a fake Slack and Rasa."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from backends.staff.models import Staff
from tests.backends.conftest import ROOT
from tests.backends.handoff.conftest import Customer
from tests.backends.handoff.slack.conftest import CHANNEL, Desk
from tests.channels.slack.platform import sign
from tests.waiting import eventually

Writer = Callable[..., Customer]


def _taken(desk: Desk, writer: Writer, channel: str = "wechat") -> tuple[Customer, str]:
    customer = writer(channel)
    reference = customer.ask()["reference"]
    desk.press(reference, "接手")
    desk.says(reference, "Ann 接手了")
    return customer, reference


def test_a_new_ticket_is_a_thread(desk: Desk, writer: Writer) -> None:
    transcript = [
        {"author": "customer", "text": "鞋子 <坏了>", "at": "2026-11-01T10:00:00Z"},
        {"author": "bot", "text": "很抱歉", "at": "2026-11-01T10:00:01Z"},
    ]
    reference = writer().ask(
        reason="complaint",
        topic="质量",
        priority=True,
        language="en",
        summary="鞋底开胶 & 要求退款",
        transcript=transcript,
        slots={},
    )["reference"]
    shown = json.dumps(desk.head(reference)["blocks"], ensure_ascii=False)
    for part in (
        reference,
        "投诉 · 质量",
        "英文",
        "优先",
        "鞋底开胶 &amp; 要求退款",
        "微信",
        "等待接手",
    ):
        assert part in shown
    assert desk.buttons(reference) == ["接手"]
    so_far = desk.says(reference, "到目前为止的对话")
    assert "👤 *顾客*：鞋子 &lt;坏了&gt;\n🤖 很抱歉" in so_far
    assert desk.thread(reference) == [so_far]


def test_from_taking_to_what_was_agreed(desk: Desk, writer: Writer) -> None:
    customer, reference = _taken(desk, writer)
    joined = {"reference": reference, "staff": "Ann"}
    eventually(lambda: ("handoff_joined", joined) in desk.outbound.intents(customer.sender))
    eventually(lambda: desk.buttons(reference) == ["结束…", "退回队列"])
    customer.say("在吗 <https://a.example>")
    assert desk.says(reference, "在吗") == "👤 *顾客*：在吗 &lt;https://a.example&gt;"
    desk.write(reference, "在的 &amp; 马上看 <https://shop.example|订单>")
    eventually(lambda: desk.outbound.texts(customer.sender) == ["在的 & 马上看 订单"])

    desk.press(reference, "结束…")
    view = eventually(lambda: desk.dialogue(reference))
    answer = desk.interact(desk.slack.submit(view, "退款 200 元", user="UANN"))
    assert (answer.status_code, answer.text) == (200, "")
    ended = {"reference": reference, "by": "staff", "agreed": "退款 200 元"}
    eventually(lambda: ("handoff_ended", ended) in desk.outbound.intents(customer.sender))
    eventually(lambda: desk.buttons(reference) == [])
    assert "退款 200 元" in str(desk.head(reference)["blocks"])
    desk.says(reference, "Ann 结束了人工服务")
    # What was written in the thread is not said there once more.
    assert not [each for each in desk.thread(reference) if "马上看" in each]
    # The dialogue of somebody who comes too late says so.
    late = desk.interact(desk.slack.submit(view, "again", user="USUE")).json()
    assert late["response_action"] == "errors"
    assert "已经结束" in late["errors"]["agreed"]


def test_only_who_has_the_ticket_is_heard(desk: Desk, writer: Writer) -> None:
    customer = writer()
    reference = customer.ask()["reference"]
    desk.write(reference, "有人吗?", user="UANN")
    desk.hears("UANN", "还没有人接手")
    desk.press(reference, "接手", user="UANN")
    desk.says(reference, "Ann 接手了")
    desk.write(reference, "我来", user="UBO1")
    desk.hears("UBO1", "只有接手的人")
    desk.write(reference, "我是谁", user="UNOBODY")
    desk.hears("UNOBODY", "python -m backends staff slack 您的用户名 UNOBODY")
    desk.write(reference, "", subtype="file_share", files=[{"id": "F1", "name": "a.png"}])
    desk.hears("UANN", "文件发不到顾客那里")
    desk.write(reference, "<@UBO1> 你怎么看?")
    desk.hears("UANN", "提到了同事")
    desk.write(reference, "机器人", bot_id="B1")
    desk.write(reference, "改过的", subtype="message_changed")
    desk.write(reference, "您好")
    eventually(lambda: desk.outbound.texts(customer.sender))
    assert desk.outbound.texts(customer.sender) == ["您好"]


def test_words_that_do_something(desk: Desk, writer: Writer) -> None:
    customer = writer()
    reference = customer.ask()["reference"]
    desk.write(reference, "！接手", user="UBO1")
    desk.says(reference, "Bo 接手了")
    desk.write(reference, "!note please look at the order", user="UANN")
    desk.write(reference, "!退回", user="UBO1")
    desk.says(reference, "退回队列")
    desk.write(reference, "!take", user="UANN")
    desk.says(reference, "Ann 接手了")
    desk.write(reference, "!closed shops are not ended")
    eventually(lambda: desk.outbound.texts(customer.sender) == ["!closed shops are not ended"])
    desk.write(reference, "!结束：换新的")
    ended = {"reference": reference, "by": "staff", "agreed": "换新的"}
    eventually(lambda: ("handoff_ended", ended) in desk.outbound.intents(customer.sender))
    notes = [e.text for e in desk.office.look(reference).entries if e.author == "note"]
    assert notes == ["please look at the order"]
    desk.write(reference, "还有一句")
    desk.hears("UANN", "已经结束")


def test_a_message_that_comes_again_is_said_once(desk: Desk, writer: Writer) -> None:
    customer, reference = _taken(desk, writer)
    event = desk.write(reference, "只说一遍")
    for _ in range(5):
        assert desk.event(event).status_code == 200
    eventually(lambda: desk.outbound.texts(customer.sender))
    time.sleep(1)
    assert desk.outbound.texts(customer.sender) == ["只说一遍"]


def test_what_colleagues_do_elsewhere_is_seen(desk: Desk, writer: Writer) -> None:
    customer = writer("refusing")
    reference = customer.ask()["reference"]
    desk.office.take(reference, "ann")
    desk.office.say(reference, "从网页上说的", "ann")
    assert desk.says(reference, "💬") == "💬 *Ann*：从网页上说的"
    assert "45047 out of quota" in desk.says(reference, "没有送达")
    desk.office.close(reference, "ann", "都好了")
    desk.says(reference, "结束了人工服务")
    assert len([each for each in desk.thread(reference) if "从网页上说的" in each]) == 2


def test_nobody_takes_more_than_they_take_at_once(desk: Desk, writer: Writer) -> None:
    async def allow(session: Any, most: int | None) -> None:
        (await session.get(Staff, desk.office.ids["bo"])).most_tickets = most

    desk.office.work(allow, 0)
    reference = writer().ask()["reference"]
    desk.press(reference, "接手", user="UBO1")
    desk.hears("UBO1", "已到上限")
    desk.office.work(allow, None)


def test_a_slack_that_is_busy_or_away_gets_it_later(desk: Desk, writer: Writer) -> None:
    desk.slack.refuse("chat.postMessage", "internal_error", times=2)
    desk.slack.limit("chat.postMessage", retry_after=1)
    customer = writer()
    reference = customer.ask()["reference"]
    assert desk.head(reference)
    desk.press(reference, "接手")
    desk.says(reference, "Ann 接手了")
    # A thread that somebody deleted is made anew.
    first = desk.head(reference)["ts"]
    del desk.slack.messages[CHANNEL, first]
    customer.leave()
    assert desk.head(reference)["ts"] != first
    desk.says(reference, "顾客回到了店小二那里")


def test_a_restart_goes_on_where_it_stopped(
    desk: Desk, writer: Writer, open_shop: Callable[..., Any]
) -> None:
    customer, reference = _taken(desk, writer)
    customer.say("第一句")
    desk.says(reference, "第一句")
    before = list(desk.thread(reference))
    heads = [m for m in desk.slack.messages.values() if m["text"].startswith(reference)]
    again = open_shop()
    time.sleep(2.5)
    assert desk.thread(reference) == before
    assert [m for m in desk.slack.messages.values() if m["text"].startswith(reference)] == heads
    # Either server takes what Slack sends.
    event = desk.slack.message("您好", user="UANN", channel=CHANNEL, thread_ts=heads[0]["ts"])
    assert desk.event(event, again).status_code == 200
    eventually(lambda: desk.outbound.texts(customer.sender) == ["您好"])


def test_customers_are_seen_soon(desk: Desk, writer: Writer) -> None:
    customer, reference = _taken(desk, writer)
    waits = []
    for number in range(10):
        started = time.monotonic()
        customer.say(f"第 {number} 句")
        desk.says(reference, f"第 {number} 句")
        waits.append(time.monotonic() - started)
    assert sorted(waits)[8] < 2.5, waits


@pytest.mark.parametrize("path", ["events", "interactions"])
def test_what_is_not_slacks_is_refused(desk: Desk, path: str) -> None:
    url = f"{desk.shop.url}/slack/handoff/{path}"
    kind = "application/json" if path == "events" else "application/x-www-form-urlencoded"

    def post(body: bytes, headers: dict[str, str]) -> int:
        return httpx.post(
            url, content=body, headers={"Content-Type": kind, **headers}, trust_env=False
        ).status_code

    body = b'{"type": "url_verification", "challenge": "x"}'
    assert post(body, {}) == 401
    assert post(body, sign(body, secret="another")) == 401
    assert post(body, sign(body, age=400)) == 401
    if path == "events":
        signed = sign(body)
        answer = httpx.post(url, content=body, headers=signed, trust_env=False)
        assert answer.json() == {"challenge": "x"}
    for bad in (
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"payload=",
        b"payload=[1]",
        b"payload={}",
        b"[" * 9999,
    ):
        assert post(bad, sign(bad) if bad != b"\xff" else {}) in (400, 401)
    assert post(b" " * 70_000, sign(b" " * 70_000)) == 413
    odd = [
        {"event": {"type": "message", "channel": CHANNEL, "user": 5, "thread_ts": [], "ts": {}}},
        {
            "event": {
                "type": "message",
                "channel": CHANNEL,
                "user": "U",
                "thread_ts": "1",
                "ts": "2",
            }
        },
        {"event": {"type": "message", "text": "a\u0000", "channel": {}}},
    ]
    for each in odd:
        data = json.dumps(each).encode()
        assert post(data, sign(data)) in (200, 400)


def test_the_backends_know_nothing_of_rasa() -> None:
    code = (
        "import sys, backends.app, backends.handoff.slack.routes; assert 'rasa' not in sys.modules"
    )
    env = {**os.environ, "PYTHONPATH": "components:."}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, timeout=60)


def test_it_is_named_whole_or_not_at_all(run_backends: Callable[..., Any], tmp_path: Any) -> None:
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"}
    assert run_backends("migrate", env=env).returncode == 0
    done = run_backends("serve", "--port=1", env={**env, "HANDOFF_SLACK_TOKEN": "xoxb-secret"})
    assert done.returncode != 0
    assert "HANDOFF_SLACK_SIGNING_SECRET is missing" in done.stdout + done.stderr
    assert "xoxb-secret" not in done.stdout + done.stderr
