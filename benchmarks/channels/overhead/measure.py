"""What each connector adds to the time that Rasa takes, beside Rasa's own `rest`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.channels.bot import bot
from benchmarks.channels.callbacks import Callbacks
from benchmarks.channels.overhead import TIMES_FILE
from benchmarks.channels.overhead.lines import Line, RestLine, SlackLine, TencentLine
from benchmarks.harness import Figure
from benchmarks.processes import free_port
from tests.channels.slack import platform as slack
from tests.channels.wechat import platform as wechat
from tests.channels.wecom import callbacks as wecom
from tests.channels.wecom.platform import AGENT_ID, APP_SECRET, CORP_ID, WeComPlatform
from tests.waiting import eventually

_TIMED = "benchmarks.channels.overhead.timed"
_EACH = 5
_WARM_UP = 20


def measure(options: argparse.Namespace) -> list[Figure]:
    """Ask the connectors in turn, one message at a time."""
    print("what connectors add", file=sys.stderr)
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="xiaoer-bench-")))
        workspace = slack.SlackPlatform()
        workspace.start()
        closing.callback(workspace.stop)
        company = WeComPlatform()
        closing.callback(company.close)
        api_port = free_port()
        closing.enter_context(wechat.platform_at(api_port, []))
        credentials = _credentials(workspace, company, api_port)
        times = folder / "times"
        run = closing.enter_context(bot(credentials, variables={TIMES_FILE: str(times)}))
        lines = _lines(run.url, workspace)
        for line in lines.values():
            closing.callback(line.close)
        taken = _ask(lines, options.round_trips)
        expected = len(taken) * len(lines)
        eventually(lambda: len(times.read_text().splitlines()) >= expected)
        handled = _handled(times.read_text())
        pushing = {name for name, line in lines.items() if line.pushes}
    return _figures(taken[_WARM_UP:], handled, pushing)


def _credentials(
    workspace: slack.SlackPlatform, company: WeComPlatform, api_port: int
) -> dict[str, object]:
    (official,) = wechat.credentials(api_port).values()
    return {
        f"{_TIMED}.TimedRest": None,
        f"{_TIMED}.TimedWeChat": official,
        f"{_TIMED}.TimedWeCom": {
            "corp_id": CORP_ID,
            "secret": APP_SECRET,
            "agent_id": AGENT_ID,
            "token": wecom.TOKEN,
            "encoding_aes_key": wecom.AES_KEY,
            "api_base": company.url,
        },
        f"{_TIMED}.TimedSlack": {
            "slack_token": slack.TOKEN,
            "slack_signing_secret": slack.SIGNING_SECRET,
            "api_url": workspace.api_url,
        },
    }


def _lines(url: str, workspace: slack.SlackPlatform) -> dict[str, Line]:
    official = Callbacks(
        wechat.TOKEN, wechat.AES_KEY, wechat.APP_ID, wechat.ACCOUNT, plain_signature=True
    )
    company = Callbacks(wecom.TOKEN, wecom.AES_KEY, CORP_ID, CORP_ID, plain_signature=False)
    return {
        "rest": RestLine(url, "/webhooks/timed_rest/webhook"),
        "wechat": TencentLine(url, "/webhooks/wechat/webhook", official),
        "wecom": TencentLine(url, "/webhooks/wecom/webhook", company, AgentID=AGENT_ID),
        "slack": SlackLine(url, "/webhooks/slack/webhook", workspace),
    }


def _ask(lines: dict[str, Line], count: int) -> list[dict[str, tuple[str, float]]]:
    """Return for each round and channel the message, and the seconds until its answer."""
    rounds = []
    for number in range(_WARM_UP + count):
        taken = {}
        for name, line in lines.items():
            text = f"quick {name} #{number}."
            taken[name] = (text, line.ask(f"{name}{number // _EACH}", 1000 + number, text))
        rounds.append(taken)
    return rounds


@dataclass(frozen=True)
class _Handled:
    """Seconds that Rasa took: until it gave an answer to the output, and until it was done."""

    answered: float
    done: float


def _handled(times: str) -> dict[str, _Handled]:
    """Return for each message what Rasa took."""
    rows = (line.split("\t") for line in times.splitlines())
    return {text: _Handled(float(answered), float(done)) for text, answered, done in rows}


def _figures(
    rounds: list[dict[str, tuple[str, float]]], handled: dict[str, _Handled], pushing: set[str]
) -> list[Figure]:
    added: dict[str, list[float]] = {}
    for taken in rounds:
        for name, (text, seconds) in taken.items():
            of_rasa = handled[text].answered if name in pushing else handled[text].done
            added.setdefault(name, []).append(1000 * (seconds - of_rasa))
    figures = []
    for name in (name for name in added if name != "rest"):
        for percent, target in ((50, "<= 5"), (95, "")):
            figures.append(
                Figure(
                    f"what the connector {name} adds to a message, p{percent}",
                    float(np.percentile(added[name], percent)),
                    "ms",
                    float(np.percentile(added["rest"], percent)),
                    target,
                )
            )
    own = [1000 * handled[taken["rest"][0]].done for taken in rounds]
    return [*figures, Figure("Rasa's own time for it, p50", float(np.median(own)), "ms")]
