"""Five thousand WeChat messages, a tenth of them with a slow action; and the server killed meanwhile."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchmarks.channels.bot import Bot, bot
from benchmarks.channels.load.accounting import Tally, tally
from benchmarks.channels.load.messages import SLOW_SECONDS, Message, plan
from benchmarks.channels.load.platform import Run, carry_out
from benchmarks.channels.own_process import own_process
from benchmarks.harness import Figure
from benchmarks.processes import free_port
from tests.channels.rasa_project import Server
from tests.channels.wechat.platform import credentials

_IN_TIME = 4.8
_PATIENCE = SLOW_SECONDS + 20.0
#: What a crashed server had is taken up by the next when its lease has ended.
_PATIENCE_AFTER_CRASH = 90.0


def documented(options: argparse.Namespace) -> list[Figure]:
    """Measure with repeats after five seconds without an answer."""
    return _load(options, "messages", ["documented"])


def three_times(options: argparse.Namespace) -> list[Figure]:
    """Measure with every message sent three times."""
    return _load(options, "messages, each sent three times", ["lost", "hung up"])


def restart(options: argparse.Namespace) -> list[Figure]:
    """Measure with all servers killed and started again in the middle, then with one of several."""
    figures = _killed(options, options.servers)
    return figures if options.servers < 2 else figures + _killed(options, 1)


def _killed(options: argparse.Namespace, count: int) -> list[Figure]:
    messages = plan(options.messages, options.rate, options.seed, ["documented"])
    of = f"{len(messages):,} messages, {count} of {options.servers} servers killed"
    print(of, file=sys.stderr)
    api_port = free_port()
    with bot(credentials(api_port), options.servers) as run, own_process() as start:
        given = _webhooks(run), api_port, messages, options.seed, _PATIENCE_AFTER_CRASH
        future = start(carry_out, *given)
        time.sleep(messages[-1].at / 2)
        outage = _kill_and_start(run.servers[:count])
        print(f"  killed, and back after {outage:.1f} s", file=sys.stderr)
        done = future.result()
        handled = run.handled(r"#\d+")
    accounts = _accounts(messages, done)
    # Nobody can answer what is sent while nobody is there, for longer than the platform tries.
    bound = "<= 0" if count < options.servers else ""
    return [
        Figure(f"{of}: gone for", outage, "s"),
        Figure(f"{of}: answered once", len(accounts.once), "messages"),
        Figure(
            f"{of}: answered more than once", len(accounts.duplicated), "messages", None, "<= 0"
        ),
        Figure(f"{of}: lost", len(accounts.lost), "messages", None, "<= 0"),
        Figure(f"{of}: given up by the platform", len(accounts.given_up), "messages", None, bound),
        Figure(f"{of}: answered to others", len(accounts.astray), "messages", None, "<= 0"),
        Figure(f"{of}: actions run again", _again(handled), "messages"),
    ]


def _kill_and_start(servers: Sequence[Server]) -> float:
    """Return for how many seconds they were gone."""
    for server in servers:
        server.kill()
    killed = time.monotonic()
    for server in servers:
        server.start(wait=0)
    for server in servers:
        server.wait_until_ready()
    return time.monotonic() - killed


def _load(options: argparse.Namespace, name: str, courses: Sequence[str]) -> list[Figure]:
    messages = plan(options.messages, options.rate, options.seed, courses)
    of = f"{len(messages):,} {name}"
    print(of, file=sys.stderr)
    api_port = free_port()
    with bot(credentials(api_port), options.servers) as run, own_process() as start:
        given = _webhooks(run), api_port, messages, options.seed, _PATIENCE
        done = start(carry_out, *given).result()
        handled = run.handled(r"#\d+")
    accounts = _accounts(messages, done)
    lags = [delivery.lag for delivery in done.deliveries]
    return [
        Figure(
            f"{of}: answered once", len(accounts.once), "messages", target=f">= {len(messages)}"
        ),
        Figure(
            f"{of}: answered more than once", len(accounts.duplicated), "messages", target="<= 0"
        ),
        Figure(
            f"{of}: lost", len(accounts.lost) + len(accounts.given_up), "messages", target="<= 0"
        ),
        Figure(f"{of}: answered to others", len(accounts.astray), "messages", target="<= 0"),
        Figure(f"{of}: actions run again", _again(handled), "messages", target="<= 0"),
        Figure(
            f"{of}: refused or unreadable answers",
            len(accounts.faults),
            "deliveries",
            target="<= 0",
        ),
        Figure(f"{of}: without an answer in 5 s", accounts.overdue, "deliveries", target="<= 0"),
        Figure(f"{of}: passive replies", len(accounts.passive), "messages"),
        Figure(f"{of}: passive reply p50", _percentile(accounts.passive, 50), "s"),
        Figure(f"{of}: passive reply p95", _percentile(accounts.passive, 95), "s"),
        Figure(
            f"{of}: passive reply, slowest",
            _percentile(accounts.passive, 100),
            "s",
            target=f"<= {_IN_TIME}",
        ),
        Figure(f"{of}: deliveries", len(done.deliveries), "deliveries"),
        Figure(f"{of}: sent late by, p95", _percentile(lags, 95), "s"),
    ]


def _webhooks(run: Bot) -> list[str]:
    return [f"{server.url}/webhooks/wechat/webhook" for server in run.servers]


def _accounts(messages: Sequence[Message], done: Run) -> Tally:
    accounts = tally(messages, done.deliveries, done.pushes)
    texts = {message.number: message for message in messages}
    for name in ("duplicated", "lost", "given_up", "astray"):
        numbers = getattr(accounts, name)
        for number in numbers[:20]:
            print(f"  {name}: {_story(texts[number], done)}", file=sys.stderr)
    for what, count in Counter([*accounts.faults, *accounts.unnumbered]).most_common(10):
        print(f"  {count} × {what!r}", file=sys.stderr)
    refused = {code: count for code, count in done.codes.items() if code}
    if refused:
        print(f"  error codes of the API: {refused}", file=sys.stderr)
    return accounts


def _story(message: Message, done: Run) -> str:
    deliveries = [
        f"{one.ending.value} after {one.seconds:.2f} s {one.text or one.fault!r}"
        + ("" if one.heard else " (unheard)")
        for one in done.deliveries
        if one.number == message.number
    ]
    pushes = [push.text for push in done.pushes if f"#{message.number}." in push.text]
    return f"{message.text} at {message.at:.1f} s: {'; '.join(deliveries)}; pushed {pushes}"


def _again(handled: Counter[str]) -> int:
    return sum(count > 1 for count in handled.values())


def _percentile(values: Sequence[float], percent: int) -> float | None:
    return float(np.percentile(values, percent)) if values else None
