"""What both WeCom connectors do: take callbacks in, handle them behind, lose none."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import LockError
from sanic import Blueprint, Request, Sanic
from sanic.response import HTTPResponse, json, text

from xiaoer.channels.serving import read_schema_once
from xiaoer.channels.storage import Inbox, StoreError, open_store
from xiaoer.channels.tencent import (
    AccessToken,
    ApiClient,
    ApiError,
    ApiUnavailable,
    CallbackCipher,
    ReplayGuard,
)
from xiaoer.channels.tencent.lanes import Lanes
from xiaoer.channels.wecom.callback import Callback, answered
from xiaoer.channels.wecom.delivery import PAUSES
from xiaoer.channels.wecom.outbox import Outbox
from xiaoer.channels.wecom.output import Bubble, TurnOutput
from xiaoer.channels.wecom.settings import Settings

logger = logging.getLogger(__name__)

_LOCK_TRIES = 3
# A little longer than what the platform keeps messages for.
_KEEP_SECONDS = 4 * 86_400.0


class WeComChannel(InputChannel):
    """The routes, the background work and the memory of a connector.

    A message is accepted into the inbox before the platform is answered and finished when its
    answer was delivered; what a crash leaves open is taken up by the next process.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = open_store(settings.store)
        self._inbox = Inbox(self._store, self.name(), _KEEP_SECONDS, settings.lease_seconds)
        self._outbox = Outbox(self._store, self.name())
        self._lanes = Lanes()
        cipher = CallbackCipher(settings.token, settings.encoding_aes_key, settings.corp_id)
        self._callback = Callback(cipher, ReplayGuard(self._store, self.name()))
        self._plain_api = ApiClient(settings.api_base, None, settings.api_timeout)
        # A new secret has new tokens.
        secret = hashlib.sha256(settings.secret.encode()).hexdigest()[:12]
        named = f"{self.name()}:{settings.corp_id}:{secret}"
        token = AccessToken(self._store, named, self._fetch_token)
        self._api = ApiClient(settings.api_base, token, settings.api_timeout)
        self._app: Sanic | None = None
        self._on_new_message: Callable[[UserMessage], Awaitable[Any]] | None = None
        self._sweeper: asyncio.Task[None] | None = None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the handshake, the callback and a health check."""
        read_schema_once()
        self._on_new_message = on_new_message
        routes = Blueprint(f"{self.name()}_webhook")

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.get("/webhook")
        @answered
        async def handshake(request: Request) -> HTTPResponse:
            return text(await self._callback.echo(request))

        @routes.post("/webhook")
        @answered
        async def callback(request: Request) -> HTTPResponse:
            return await self._receive(request, await self._callback.open(request))

        @routes.listener("after_server_start")
        async def start(app: Sanic, _: Any) -> None:
            self._app = app
            self._sweeper = asyncio.create_task(self._sweep())

        @routes.listener("before_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await self._stop()

        return routes

    @abstractmethod
    async def _receive(self, request: Request, fields: dict[str, Any]) -> HTTPResponse:
        """Answer a callback at once and see to it behind."""

    @abstractmethod
    def _take_up(self, key: str, payload: str) -> None:
        """Handle a message that was accepted by a process that is gone."""

    async def _look_after(self) -> None:
        """Do what is due now and then, and at the start."""

    async def _ask(
        self, sender: str, words: str, message_id: str, metadata: dict[str, Any]
    ) -> list[Bubble]:
        """Give the bot a message and return what it says."""
        assert self._on_new_message is not None, "Rasa asks for the blueprint first"
        await self._ready()
        for attempt in range(_LOCK_TRIES):
            output = TurnOutput(self.name())
            message = UserMessage(
                words,
                output,
                sender,
                input_channel=self.name(),
                message_id=message_id,
                metadata=metadata,
            )
            try:
                await self._on_new_message(message)
            except LockError:
                if attempt == _LOCK_TRIES - 1:
                    raise
            else:
                return output.bubbles
        return []

    async def _settle(self, key: str, work: Callable[[bool], Awaitable[None]], left: bool) -> None:
        """Handle a message whose handling may fail: it ends here, or with the store's return.

        Args:
            key: The message.
            work: Handles it; its argument says whether that may have been begun before.
            left: What it is told first.
        """
        for pause in PAUSES:
            try:
                return await work(left)
            except StoreError as error:
                left = True
                logger.warning("A message waits %g s. %s", pause, error)
                await asyncio.sleep(pause)
            except Exception:
                logger.exception("A message on %s was not answered.", self.name())
                return await self._inbox.finish(key)
        return None

    async def _knows(self, intent: str) -> bool:
        """Tell whether the bot's domain has an intent; events without one are not its business."""
        await self._ready()
        domain = self._agent.domain if self._agent is not None else None
        return domain is not None and intent in domain.intents

    @property
    def _agent(self) -> Any:
        return getattr(self._app.ctx, "agent", None) if self._app is not None else None

    async def _ready(self) -> None:
        # A model that is being exchanged takes a while; messages wait for it.
        while self._agent is None or not self._agent.is_ready():  # noqa: ASYNC110
            await asyncio.sleep(0.5)

    async def _fetch_token(self, _: str | None) -> tuple[str, float]:
        """Get an access token; the platform gives the same one until it ends.

        Source: https://developer.work.weixin.qq.com/document/path/91039
        """
        settings = self._settings
        answer = await self._plain_api.call(
            "GET",
            "/cgi-bin/gettoken",
            params={"corpid": settings.corp_id, "corpsecret": settings.secret},
        )
        if not answer.get("access_token"):
            raise ApiUnavailable("The platform gave no access token.", sent=False)
        return str(answer["access_token"]), float(answer.get("expires_in") or 7200)

    async def _sweep(self) -> None:
        while True:
            try:
                for key, payload in await self._inbox.abandoned():
                    self._take_up(key, payload)
                await self._look_after()
            except (StoreError, ApiError) as error:
                logger.warning("The connector %s looks again later: %s", self.name(), error)
            except Exception:
                logger.exception("The connector %s looks again later.", self.name())
            await asyncio.sleep(self._settings.lease_seconds / 4)

    async def _stop(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self._lanes.drain(self._settings.shutdown_grace)
        await self._inbox.close()
        await self._api.close()
        await self._plain_api.close()
        await self._store.close()
