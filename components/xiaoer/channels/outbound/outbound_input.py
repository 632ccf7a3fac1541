"""The connector by which a person's words, or a program's, reach a customer in their channel."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from xiaoer.channels.outbound.conversation import Conversation, NotDelivered, UnknownIntent
from xiaoer.channels.outbound.requests import OutboundRequest, Trigger, Words
from xiaoer.channels.outbound.token_file import read_token_file
from xiaoer.channels.serving import read_schema_once
from xiaoer.channels.storage import Store, open_store

logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
MIN_TOKEN = 16
# For as long as the sender may try again.
KEEP_SECONDS = 3 * 86_400


class OutboundInput(InputChannel):
    """Takes words and intents for conversations that are under way on the other connectors.

    Rasa's own HTTP API can do the same, but opens the whole server to whoever has its token, which
    it wants on the command line and in addresses. Here are two requests, with a bearer token from
    the environment::

        POST /webhooks/outbound/messages {id, conversation, channel, text, staff}
        POST /webhooks/outbound/intents  {id, conversation, channel, intent, entities}

    They are answered with 200 when the channel took the message, 401 (wrong token), 400, 404 (no
    such intent), 409 `no_push` (on this channel one can only answer), 502 `not_delivered` (the
    channel refused, with the reason), 503 (no model yet, or the conversation is busy). A request
    under an `id` that was carried out is answered with 200 and does nothing.

    Args:
        token: Returns what callers show; asked at each request, for a token file may be made anew.
        response: The response of the domain that a person's words are said in.
        store: Where the ids are kept: `redis://…` or the path of a SQLite file.
        seconds: How long a channel may take for one message.
    """

    def __init__(
        self,
        token: Callable[[], str | None],
        response: str = "utter_staff_says",
        store: str | None = None,
        seconds: float = 15.0,
    ) -> None:
        self._token = token
        self._response = response
        self._store_url = store
        self._seconds = seconds
        self._store: Store | None = None

    @classmethod
    def name(cls) -> str:
        """Return `outbound`."""
        return "outbound"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Create the connector from `credentials.yml`.

        Raises:
            RasaException: The token is too short.
        """
        given = credentials or {}
        token = given.get("token") or os.environ.get("XIAOER_SERVICE_TOKEN")
        if token and len(str(token)) < MIN_TOKEN:
            raise RasaException(
                f"The token of the connector {cls.name()} should have at least {MIN_TOKEN} "
                "characters: set XIAOER_SERVICE_TOKEN to the one that the callers use."
            )
        return cls(
            (lambda: str(token)) if token else read_token_file,
            str(given.get("response", "utter_staff_says")),
            given.get("store"),
            float(given.get("seconds", 15.0)),
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the two routes and a health check."""
        read_schema_once()
        routes = Blueprint("outbound_webhook")

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            async def say(conversation: Conversation, asked: Words) -> None:
                await conversation.say(asked)

            return await self._carry_out(request, Words, say)

        @routes.post("/intents")
        async def intents(request: Request) -> HTTPResponse:
            async def trigger(conversation: Conversation, asked: Trigger) -> None:
                await conversation.trigger(asked)

            return await self._carry_out(request, Trigger, trigger)

        @routes.listener("before_server_stop")
        async def close(app: Any, loop: Any) -> None:
            if self._store is not None:
                await self._store.close()
                self._store = None

        return routes

    async def _carry_out(
        self,
        request: Request,
        kind: type[OutboundRequest],
        do: Callable[[Conversation, Any], Awaitable[None]],
    ) -> HTTPResponse:
        if not self._may(request):
            return _error(401, "unauthorized", "Send the service token as a bearer token.")
        try:
            asked = kind.parse_raw(request.body if len(request.body) <= MAX_BODY else b"")
        except (ValidationError, UnicodeError, RecursionError):
            return _error(400, "invalid_request", "The body is not what this address takes.")
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return _error(503, "not_ready", "No model is loaded yet; try again shortly.")
        output = _output_of(request, asked.channel)
        if output is None:
            return _error(409, "no_push", "On this channel one can only answer.")
        conversation = Conversation(
            agent, asked.conversation, asked.channel, output, self._response, self._seconds
        )
        try:
            async with agent.lock_store.lock(asked.conversation):
                return await self._once(asked, conversation, do)
        except LockError:
            return _error(503, "busy", "The conversation is busy; try again shortly.")

    async def _once(
        self,
        asked: OutboundRequest,
        conversation: Conversation,
        do: Callable[[Conversation, Any], Awaitable[None]],
    ) -> HTTPResponse:
        """Carry a request out unless it was; the conversation's lock is held meanwhile."""
        store = self._opened()
        key = f"outbound:{asked.conversation}:{asked.id}"
        if await store.get(key) is not None:
            return json({"delivered": True})
        try:
            await do(conversation, asked)
        except UnknownIntent as error:
            return _error(404, "not_found", str(error))
        except NotDelivered as error:
            logger.warning("Not delivered on %s: %s", asked.channel, error)
            if error.happened:
                await store.set(key, "not delivered", KEEP_SECONDS)
            return _error(502, "not_delivered", "The channel did not take it.", str(error))
        await store.set(key, "delivered", KEEP_SECONDS)
        return json({"delivered": True})

    def _opened(self) -> Store:
        """Return the store, opened in the process that serves."""
        if self._store is None:
            self._store = open_store(self._store_url)
        return self._store

    def _may(self, request: Request) -> bool:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        token = self._token()
        if not token or kind.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())


def _output_of(request: Request, channel: str) -> OutputChannel | None:
    """Return what sends on the channel of that name, if there is one and it can."""
    for connector in getattr(request.app.ctx, "input_channels", None) or []:
        if connector.name() == channel:
            return connector.get_output_channel()
    return None


def _error(status: int, code: str, message: str, reason: str | None = None) -> HTTPResponse:
    error = {"code": code, "message": message, **({"reason": reason} if reason else {})}
    return json({"error": error}, status=status)
