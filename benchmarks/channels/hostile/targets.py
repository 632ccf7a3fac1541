"""The connectors that are attacked, and how to see what came through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.channels.bot import Bot
from benchmarks.channels.callbacks import Callbacks
from benchmarks.channels.hostile.outbound import OutboundAttacker
from benchmarks.channels.hostile.request import Attacker, Request
from benchmarks.channels.hostile.slack import SlackAttacker
from benchmarks.channels.hostile.tencent import TencentAttacker
from benchmarks.channels.hostile.web import WebAttacker
from benchmarks.processes import free_port
from tests.channels.slack.platform import SIGNING_SECRET, TOKEN, SlackPlatform
from tests.channels.wechat import platform as official
from tests.channels.wecom import callbacks as wecom
from tests.channels.wecom.customer_service import KF_ID
from tests.channels.wecom.platform import AGENT_ID, APP_SECRET, CORP_ID, KF_SECRET, WeComPlatform

_SLACK_CHANNEL = "C1"
_SERVICE_TOKEN = "benchmark-service-token"


@dataclass
class Target:
    """One connector.

    Attributes:
        name: the connector's.
        credentials: what `credentials.yml` says of it, and of those it cannot be without.
        attacker: makes the requests.
        genuine: makes a genuine request, another for each number.
        handled: counts what matches a pattern behind the connector.
    """

    name: str
    credentials: dict[str, Any]
    attacker: Attacker
    genuine: Callable[[int], Request]
    handled: Callable[[Bot, str], Counter[str]] = Bot.handled


@contextmanager
def targets() -> Iterator[list[Target]]:
    """Open the platforms that the connectors speak to, until the block ends."""
    with ExitStack() as closing:
        slack = SlackPlatform()
        slack.start()
        closing.callback(slack.stop)
        company = WeComPlatform()
        closing.callback(company.close)
        api_port = free_port()
        closing.enter_context(official.platform_at(api_port, []))
        yield [
            _wechat(api_port),
            _wecom(company),
            _customer_service(company),
            _slack(slack),
            _web(),
            _outbound(slack),
        ]


def _mark(channel: int, number: int) -> str:
    """Return a mark that no other channel has."""
    return f"good{channel:03}x{number:06}"


def _wechat(api_port: int) -> Target:
    callbacks = Callbacks(
        official.TOKEN, official.AES_KEY, official.APP_ID, official.ACCOUNT, plain_signature=True
    )
    attacker = TencentAttacker("/webhooks/wechat/webhook", callbacks)
    return Target(
        "wechat",
        official.credentials(api_port),
        attacker,
        lambda number: attacker.genuine(_mark(1, number)),
    )


def _wecom(platform: WeComPlatform) -> Target:
    callbacks = Callbacks(wecom.TOKEN, wecom.AES_KEY, CORP_ID, CORP_ID, plain_signature=False)
    attacker = TencentAttacker("/webhooks/wecom/webhook", callbacks)
    settings = {**_of_company(platform), "secret": APP_SECRET, "agent_id": AGENT_ID}
    return Target(
        "wecom",
        {"xiaoer.channels.WeComInput": settings},
        attacker,
        lambda number: attacker.genuine(_mark(2, number)),
    )


def _customer_service(platform: WeComPlatform) -> Target:
    callbacks = Callbacks(wecom.TOKEN, wecom.AES_KEY, CORP_ID, CORP_ID, plain_signature=False)
    attacker = TencentAttacker("/webhooks/wecom_kf/webhook", callbacks, account=KF_ID)
    settings = {**_of_company(platform), "secret": KF_SECRET}

    def genuine(number: int) -> Request:
        content = {"content": _mark(3, number)}
        platform.kf.customer_writes(KF_ID, f"wm{number:06}", "text", content)
        called = attacker.genuine(platform.kf.issue_token(KF_ID))
        return replace(called, mark=_mark(3, number))

    def handled(bot: Bot, pattern: str) -> Counter[str]:
        pulled = (str(body.get("token")) for body in list(platform.kf.pulls))
        return bot.handled(pattern) + Counter(one for one in pulled if re.fullmatch(pattern, one))

    credentials = {"xiaoer.channels.WeComCustomerServiceInput": settings}
    return Target("wecom_kf", credentials, attacker, genuine, handled)


def _of_company(platform: WeComPlatform) -> dict[str, Any]:
    return {
        "corp_id": CORP_ID,
        "token": wecom.TOKEN,
        "encoding_aes_key": wecom.AES_KEY,
        "api_base": platform.url,
    }


def _slack(platform: SlackPlatform) -> Target:
    attacker = SlackAttacker("/webhooks/slack/webhook", SIGNING_SECRET)
    settings = {
        "slack_token": TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_channel": _SLACK_CHANNEL,
        "api_url": platform.api_url,
    }
    return Target(
        "slack",
        {"xiaoer.channels.SlackInput": settings},
        attacker,
        lambda number: attacker.genuine(_mark(4, number)),
    )


def _web() -> Target:
    attacker = WebAttacker("/socket.io/")
    return Target(
        "web",
        {"xiaoer.channels.WebInput": None},
        attacker,
        lambda number: attacker.genuine(_mark(5, number)),
    )


def _outbound(slack: SlackPlatform) -> Target:
    attacker = OutboundAttacker("/webhooks/outbound", _SERVICE_TOKEN, "slack")

    def handled(bot: Bot, pattern: str) -> Counter[str]:
        said = (str(message.get("text")) for message in slack.posted(_SLACK_CHANNEL))
        return Counter(found for text in said for found in re.findall(pattern, text))

    return Target(
        "outbound",
        {**_slack(slack).credentials, "xiaoer.channels.OutboundInput": {"token": _SERVICE_TOKEN}},
        attacker,
        lambda number: attacker.genuine(_mark(6, number)),
        handled,
    )
