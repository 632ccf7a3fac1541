"""Connectors that note how long Rasa took for each message, to be named in `credentials.yml`."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint

from benchmarks.channels.overhead import TIMES_FILE
from xiaoer.channels.slack import SlackInput
from xiaoer.channels.wechat import WeChatInput
from xiaoer.channels.wecom import WeComInput

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


def _timed(on_new_message: OnNewMessage) -> OnNewMessage:
    """Return a handler that also notes Rasa's time, without what the output took to send."""
    times = os.open(os.environ[TIMES_FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def handle(message: UserMessage) -> Any:
        output: Any = message.output_channel
        send = output.send_response
        sends: list[tuple[float, float]] = []

        async def timed_send(*given: Any, **named: Any) -> None:
            start = time.perf_counter()
            try:
                await send(*given, **named)
            finally:
                sends.append((start, time.perf_counter()))

        output.send_response = timed_send
        start = time.perf_counter()
        result = await on_new_message(message)
        done = time.perf_counter() - start - sum(end - begin for begin, end in sends)
        answered = sends[0][0] - start if sends else done
        os.write(times, f"{message.text}\t{answered}\t{done}\n".encode())
        return result

    return handle


class _Timed(InputChannel):
    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        return super().blueprint(_timed(on_new_message))


class TimedRest(_Timed, RestInput):
    """Rasa's own connector, beside the one that is there anyway."""

    @classmethod
    def name(cls) -> str:
        """Return a name of its own."""
        return "timed_rest"


class TimedSlack(_Timed, SlackInput):
    """The connector to Slack."""


class TimedWeChat(_Timed, WeChatInput):
    """The connector to a WeChat Official Account."""


class TimedWeCom(_Timed, WeComInput):
    """The connector to an app of WeCom."""
