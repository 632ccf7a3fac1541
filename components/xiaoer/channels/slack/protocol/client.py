"""Slack's Web API, as far as the connector needs it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from xiaoer.channels.slack.protocol.errors import NotDelivered
from xiaoer.channels.slack.protocol.rate_limit import RetryAfterHandler

API_URL = "https://slack.com/api/"

_INSTALL_AGAIN = "Check the bot token: install the app anew and take the one it has then (xoxb-…)."
_ADVICE = {
    "account_inactive": _INSTALL_AGAIN,
    "invalid_auth": _INSTALL_AGAIN,
    "not_authed": _INSTALL_AGAIN,
    "token_expired": _INSTALL_AGAIN,
    "token_revoked": _INSTALL_AGAIN,
    "channel_not_found": "Check the channel's id, and that the app was invited to it.",
    "is_archived": "The channel is archived: give another one.",
    "missing_scope": "Add the scope under OAuth & Permissions and install the app anew.",
    "not_in_channel": "Invite the app to the channel.",
    "ratelimited": "Slack's rate limit lasts too long: send less, or wait longer.",
    "timeout": "Slack did not answer in time.",
}

# The library writes requests in full to its log when that is at DEBUG: addresses by which
# anybody may answer would be in it.
_sdk_logger = logging.getLogger(f"{__name__}.sdk")
_sdk_logger.setLevel(logging.INFO)


class SlackClient:
    """Calls Slack with time-outs, waits when Slack says so, and has one kind of error.

    Args:
        token: The app's bot token.
        api_url: Where the Web API is.
        proxy: URL of an HTTP proxy.
        timeout: Seconds for one request.
        max_wait: Seconds that the waits of one call may take when Slack limits the rate.
    """

    def __init__(
        self,
        token: str,
        api_url: str = API_URL,
        proxy: str | None = None,
        timeout: float = 10.0,
        max_wait: float = 30.0,
    ) -> None:
        self._token = token
        self._api_url = api_url
        self._proxy = proxy
        self._timeout = timeout
        self._retries = [AsyncConnectionErrorRetryHandler(), RetryAfterHandler(max_wait)]
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method of the Web API, such as `chat_postMessage`, and return its answer.

        Raises:
            NotDelivered: Slack refused, could not be reached, or limited the rate for too long.
        """
        web = AsyncWebClient(
            self._token,
            base_url=self._api_url,
            proxy=self._proxy,
            session=self._open(),
            logger=_sdk_logger,
            retry_handlers=list(self._retries),
        )
        try:
            answer = await getattr(web, method)(**arguments)
        except SlackApiError as error:
            raise _refused(error) from None
        except (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise _unreachable(error) from None
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def respond(self, url: str, **message: Any) -> None:
        """Answer by the `response_url` of a command or a button.

        Raises:
            NotDelivered: Slack refused (half an hour is over, or five answers), or was not there.
        """
        hook = AsyncWebhookClient(
            url,
            proxy=self._proxy,
            session=self._open(),
            logger=_sdk_logger,
            retry_handlers=list(self._retries),
        )
        try:
            answer = await hook.send_dict(message)
        except (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise _unreachable(error) from None
        if answer.status_code != 200:
            raise NotDelivered(f"response_url answered {answer.status_code}")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """Return the session of the running event loop: it belongs to one."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            limit = aiohttp.ClientTimeout(total=self._timeout)
            self._session, self._loop = aiohttp.ClientSession(timeout=limit), loop
        return self._session


def _refused(error: SlackApiError) -> NotDelivered:
    answer = getattr(error.response, "data", None)
    code = str(answer.get("error", "unknown_error")) if isinstance(answer, dict) else "unreadable"
    needed = answer.get("needed") if isinstance(answer, dict) else None
    return NotDelivered(f"{code}: {needed}" if needed else code, _ADVICE.get(code, ""))


def _unreachable(error: Exception) -> NotDelivered:
    if isinstance(error, asyncio.TimeoutError):
        return NotDelivered("timeout", _ADVICE["timeout"])
    return NotDelivered(type(error).__name__, "Slack could not be reached.")
