"""Rasa's socket.io connector, made fit for the chat widget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketIOInput
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json
from socketio import AsyncRedisManager, AsyncServer

from xiaoer.channels.serving import read_schema_once
from xiaoer.channels.storage import StoreError, open_store
from xiaoer.channels.web.delivery import Delivery
from xiaoer.channels.web.events import PageEvents
from xiaoer.channels.web.output import WebOutput
from xiaoer.channels.web.pages import add_pages
from xiaoer.channels.web.settings import WebSettings
from xiaoer.channels.web.socket_routes import MAX_BYTES, SocketRoutes
from xiaoer.channels.web.turns import Turns


class WebInput(SocketIOInput):
    """Serves the chat widget and talks to it over socket.io.

    The protocol is that of Rasa's `socketio`, so its clients work here too. Added are answers to
    the page's events (socket.io acknowledgements), an `id` on each message in both directions,
    and two events: `messages_received` from a page, `turn_finished` to it.

    A page asks for a session with `session_request {session_id, receipts: true}` and is given its
    own again, or a new one. Messages that it has not acknowledged are sent anew then.

    Args:
        settings: What `credentials.yml` sets.
    """

    def __init__(self, settings: WebSettings) -> None:
        super().__init__(
            settings.user_message_evt,
            settings.bot_message_evt,
            settings.namespace,
            settings.session_persistence,
            settings.socketio_path,
            settings.jwt_key,
            settings.jwt_method,
            settings.metadata_key,
        )
        self._settings = settings
        self._delivery: Delivery | None = None

    @classmethod
    def name(cls) -> str:
        """Return `web`."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Create the connector from `credentials.yml`.

        Raises:
            RasaException: A setting is unknown or has a value that does not fit.
        """
        return cls(WebSettings.from_credentials(credentials))

    def get_output_channel(self) -> OutputChannel | None:
        """Return what sends to a page, or keeps the message until it is back."""
        return WebOutput(self._delivery) if self._delivery is not None else None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes; socket.io is attached to the application with them.

        Raises:
            RasaException: The setting `store` cannot be used.
        """
        read_schema_once()
        settings = self._settings
        try:
            store = open_store(settings.store)
        except StoreError as error:
            raise RasaException(str(error)) from None
        shared = (settings.store or "").startswith(("redis://", "rediss://"))
        sio = AsyncServer(
            async_mode="sanic",
            cors_allowed_origins=settings.cors,
            # Nothing of the browser's is needed: a page shows its session itself.
            cors_credentials=False,
            max_http_buffer_size=MAX_BYTES,
            client_manager=AsyncRedisManager(settings.store) if shared else None,
        )
        self.sio = sio
        delivery = self._delivery = Delivery(sio, store, settings)
        turns = Turns(self.name(), settings, store, delivery, on_new_message)
        routes = SocketRoutes(sio, settings.socketio_path, "web_webhook", __name__)
        add_pages(routes, settings)

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.listener("after_server_start")
        async def begin(app: Any, loop: Any) -> None:
            turns.begin()

        @routes.listener("before_server_stop")
        async def end(app: Any, loop: Any) -> None:
            await turns.end()
            await sio.shutdown()
            await store.close()

        PageEvents(sio, settings, delivery, turns).listen()
        return routes
