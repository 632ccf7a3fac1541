"""The connector to Slack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse
from slack_sdk.signature import SignatureVerifier

from xiaoer.channels.serving import read_schema_once
from xiaoer.channels.slack.events import Reading
from xiaoer.channels.slack.incoming import Place
from xiaoer.channels.slack.places import Places
from xiaoer.channels.slack.protocol.client import API_URL, SlackClient
from xiaoer.channels.slack.slack_output import SlackOutput
from xiaoer.channels.slack.texts import Texts
from xiaoer.channels.slack.turns import Turns
from xiaoer.channels.slack.webhook import NUMBER_HEADER, REASON_HEADER, Retries, Webhook
from xiaoer.channels.storage import StoreError, open_store

_GRANULARITIES = ("sender", "channel", "thread")


class SlackInput(InputChannel):
    """Listens to Slack's Events API, interactivity and slash commands, all at `/webhook`.

    Takes the keys of Rasa's own connector and answers Slack within milliseconds: what was accepted
    is kept in the store and handled in the background, once, over workers and restarts.

    Args:
        slack_token: The app's bot token, `xoxb-…`.
        slack_channel: Id of a channel where every message is for the assistant; also where
            messages go whose recipient is no conversation on Slack.
        proxy: URL of an HTTP proxy.
        slack_retry_reason_header: The header in which Slack says why it sends something again.
        slack_retry_number_header: The header with the number of that attempt.
        errors_ignore_retry: Reasons for which an attempt is dropped even if the first never came.
        use_threads: Whether answers go in threads.
        slack_signing_secret: By which requests are known to be Slack's.
        conversation_granularity: `sender`, `channel` or `thread`.
        store: `redis://…` or the path of an SQLite file; `.xiaoer/channels.db` by default.
        api_url: Where Slack's Web API is.
        timeout: Seconds for one request to Slack.
        max_rate_limit_wait: Seconds that one message may wait when Slack limits the rate.
        lease_seconds: After how many seconds the messages of a process that is gone are taken up.
        language: `zh` or `en`, for users whose language is unknown.
        texts: Texts of the connector, in place of those of `assets/texts.yml`.

    Raises:
        InvalidConfigException: The token or the signing secret is missing, or a value is unknown.
    """

    def __init__(
        self,
        slack_token: str,
        slack_channel: str | None = None,
        proxy: str | None = None,
        slack_retry_reason_header: str | None = REASON_HEADER,
        slack_retry_number_header: str | None = NUMBER_HEADER,
        errors_ignore_retry: list[str] | None = None,
        use_threads: bool | None = False,
        slack_signing_secret: str = "",
        conversation_granularity: str | None = "sender",
        store: str | None = None,
        api_url: str = API_URL,
        timeout: float = 10.0,
        max_rate_limit_wait: float = 30.0,
        lease_seconds: float = 60.0,
        language: str = "zh",
        texts: dict[str, Any] | None = None,
    ) -> None:
        for key, value in (
            ("slack_token", slack_token),
            ("slack_signing_secret", slack_signing_secret),
        ):
            if not isinstance(value, str) or not value.strip():
                raise InvalidConfigException(
                    f"slack: {key} is missing: take it from your app's page at "
                    "api.slack.com/apps and set it in credentials.yml."
                )
        granularity = conversation_granularity or "sender"
        if granularity not in _GRANULARITIES:
            raise InvalidConfigException(
                f"slack: conversation_granularity must be one of {', '.join(_GRANULARITIES)}."
            )
        self._reading = Reading(slack_channel or "", bool(use_threads), granularity)
        self._retries = Retries(
            slack_retry_reason_header or REASON_HEADER,
            slack_retry_number_header or NUMBER_HEADER,
            frozenset(errors_ignore_retry or ()),
        )
        self._verifier = SignatureVerifier(slack_signing_secret)
        self._texts = Texts(texts, language)
        self._client = SlackClient(
            slack_token,
            api_url,
            proxy,
            _seconds("timeout", timeout),
            _seconds("max_rate_limit_wait", max_rate_limit_wait),
        )
        self._lease = _seconds("lease_seconds", lease_seconds)
        try:
            self._store = open_store(store)
        except StoreError as error:
            raise InvalidConfigException(f"slack: {error}") from error

    @classmethod
    def name(cls) -> str:
        """Return `slack`, as Rasa's own connector."""
        return "slack"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Create the connector from its part of `credentials.yml`.

        Raises:
            InvalidConfigException: A key is unknown, missing, or has a value that cannot be.
        """
        given = credentials or {}
        known = cls.__init__.__annotations__
        for key in given:
            if key not in known:
                raise InvalidConfigException(
                    f"slack: credentials.yml has the key '{key}', which the connector does not "
                    f"know; it knows {', '.join(name for name in known if name != 'return')}."
                )
        return cls(**{"slack_token": "", **given})

    def get_output_channel(
        self, channel: str | None = None, thread_id: str | None = None
    ) -> OutputChannel:
        """Return what sends without having been asked; the recipient is the conversation's id.

        It goes where the customer wrote last, and raises `NotDelivered` when it did not arrive.

        Args:
            channel: Send there instead.
            thread_id: In this thread of that channel.
        """
        return SlackOutput(
            self._client,
            self._texts,
            Place(channel, thread_id or "") if channel else None,
            places=Places(self._store),
            fallback_channel=self._reading.slack_channel,
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the webhook and a health check."""
        read_schema_once()
        routes = Blueprint("slack_webhook")
        turns = Turns(self._client, self._texts, self._store, on_new_message, self._lease)
        requests = Webhook(self._verifier, self._reading, self._retries, turns)

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await requests.answer(request)

        @routes.listener("after_server_start")
        async def start(app: Any, loop: Any) -> None:
            turns.watch()

        @routes.listener("before_server_stop")
        async def stop(app: Any, loop: Any) -> None:
            await turns.close()
            await self._client.close()
            await self._store.close()

        return routes


def _seconds(key: str, value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    # Not `<=`: that would let "nan" pass.
    if not seconds > 0:
        raise InvalidConfigException(f"slack: {key} must be a number of seconds above 0.")
    return seconds
