"""The Slack console as a part of the backends' app."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from slack_sdk.signature import SignatureVerifier

from xiaoer.channels.slack.protocol.client import SlackClient
from xiaoer.channels.slack.protocol.errors import NotDelivered

log = structlog.get_logger("backends")


class SlackConsole:
    """What the routes need.

    Attributes:
        channel: id of the staff's channel.
        language: of the channel.
        verifier: of Slack's signatures.
        client: Slack's Web API.
    """

    def __init__(
        self, channel: str, language: str, signing_secret: str, client: SlackClient
    ) -> None:
        self.channel = channel
        self.language = language
        self.verifier = SignatureVerifier(signing_secret)
        self.client = client
        self._tasks: set[asyncio.Task[None]] = set()

    def call(self, method: str, **arguments: Any) -> None:
        """Call Slack after the request was answered; a failure is logged."""
        task = asyncio.get_running_loop().create_task(self._call(method, arguments))
        # The event loop itself keeps tasks only weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for what is under way, and close the connections."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        await self.client.close()

    async def _call(self, method: str, arguments: dict[str, Any]) -> None:
        try:
            await self.client.call(method, **arguments)
        except NotDelivered as error:
            log.warning("Slack refused", method=method, reason=str(error))
