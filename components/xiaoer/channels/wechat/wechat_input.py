"""The WeChat Official Account channel."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.exceptions import InvalidUsage, PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse, text

from xiaoer.channels.serving import read_schema_once
from xiaoer.channels.storage import StoreError
from xiaoer.channels.tencent import MalformedMessage, RefusedRequest, parse_xml
from xiaoer.channels.wechat.body import limit_body, read_body
from xiaoer.channels.wechat.connection import Connection
from xiaoer.channels.wechat.incoming import Incoming, read_message
from xiaoer.channels.wechat.output import PushedOutput
from xiaoer.channels.wechat.reception import Reception
from xiaoer.channels.wechat.services import Services
from xiaoer.channels.wechat.settings import WeChatSettings, read_settings

log = structlog.get_logger()

Result = TypeVar("Result")

_ECHO = re.compile("[0-9A-Za-z_+/=-]{1,256}")


class WeChatInput(InputChannel):
    """Connects a WeChat Official Account (公众号) with Rasa.

    In `credentials.yml` it is named `xiaoer.channels.WeChatInput`; the account's server address
    is `https://<host>/webhooks/wechat/webhook`. Settings, intents and limits:
    docs/channels/wechat.md.

    Args:
        settings: The channel's.

    Source: https://developers.weixin.qq.com/doc/service/guide/
    """

    def __init__(self, settings: WeChatSettings) -> None:
        self._settings = settings
        self._signature = settings.signature()
        self._cipher = settings.cipher()
        self._services = Services(settings)
        self._app: Sanic | None = None
        self._stopping = False

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return "wechat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WeChatInput:
        """Return the channel that `credentials.yml` describes.

        Raises:
            RasaException: One sentence about what is missing or malformed.
        """
        return cls(read_settings(credentials))

    def get_output_channel(self) -> OutputChannel | None:
        """Return an output that sends by customer-service messages.

        Its methods raise `NotDelivered` when WeChat did not take a message. None when the
        account may not send such messages.
        """
        if not self._settings.customer_service:
            return None
        return PushedOutput(self._services.texts, self._services.push)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes; the account's server address ends with `/webhook`."""
        read_schema_once()
        module = inspect.getmodule(self)
        routes = Blueprint("xiaoer_wechat", module.__name__ if module else None)
        reception = self._services.reception(on_new_message, self._knows_intent)
        looking_after: list[asyncio.Task[None]] = []

        @routes.listener("after_server_start")
        async def start(app: Sanic, _: Any) -> None:
            self._app = app
            looking_after.append(asyncio.get_running_loop().create_task(look_after()))

        async def look_after() -> None:
            while True:
                try:
                    if self._agent_ready():
                        await reception.recover()
                except Exception as error:
                    log.error("wechat.recovery.failed", exc_info=error)
                await asyncio.sleep(self._settings.lease_seconds / 3)

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, _: Any) -> None:
            self._stopping = True
            for task in looking_after:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await self._services.tasks.drain(self._settings.shutdown_grace)
            with contextlib.suppress(StoreError):
                await reception.close()
            await self._services.close()

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return text("ok")

        @routes.route("/webhook", methods=["GET"])
        async def handshake(request: Request) -> HTTPResponse:
            return await self._answered(self._handshake(request))

        @routes.route("/webhook", methods=["POST"], stream=True)
        async def receive(request: Request) -> HTTPResponse:
            limit_body(request)
            connection = Connection(request)

            async def work() -> HTTPResponse:
                body = await self._body(request)
                taking_in = self._answered(self._take_in(request, body, reception, connection))
                # Not cancelled when the platform hangs up: what it has sent is handled.
                taken_in = await asyncio.shield(self._services.tasks.start(taking_in))
                if isinstance(taken_in, HTTPResponse):
                    return taken_in
                incoming, number = taken_in
                reply = await reception.reply(incoming, number, connection)
                return self._reply(reply, _encrypted(request))

            return await self._answered(work())

        return routes

    async def _answered(self, work: Awaitable[Result]) -> Result | HTTPResponse:
        """Return the result, or the status that tells what is wrong with the request."""
        try:
            return await work
        except RefusedRequest as error:
            return text(str(error), 403)
        except (MalformedMessage, InvalidUsage) as error:
            return text(str(error), 400)
        except PayloadTooLarge:
            return text("The body is larger than 1 MB.", 413)
        except StoreError as error:
            log.error("wechat.store.failed", reason=str(error))
            return text("The channel's store does not answer.", 503)

    async def _handshake(self, request: Request) -> HTTPResponse:
        timestamp, nonce = _parameter(request, "timestamp"), _parameter(request, "nonce")
        self._signature.verify(_parameter(request, "signature"), timestamp, nonce)
        echo = _parameter(request, "echostr")
        if not _ECHO.fullmatch(echo):
            raise MalformedMessage("The echostr is missing or malformed.")
        await self._services.guard.check(timestamp, nonce, f"echo:{echo}")
        return text(echo)

    async def _body(self, request: Request) -> bytes:
        """Return the body, after a look at what can be told without it.

        Raises:
            RefusedRequest: The message is not signed, or not encrypted where it must be.
            PayloadTooLarge: It is larger than `MAX_BODY`.
        """
        if _encrypted(request):
            if self._cipher is None:
                raise RefusedRequest("Messages are not encrypted in plain mode.")
        else:
            if self._settings.mode == "safe":
                raise RefusedRequest("Messages must be encrypted in safe mode.")
            timestamp, nonce = _parameter(request, "timestamp"), _parameter(request, "nonce")
            self._signature.verify(_parameter(request, "signature"), timestamp, nonce)
        return await read_body(request)

    async def _take_in(
        self, request: Request, body: bytes, reception: Reception, connection: Connection
    ) -> tuple[Incoming, int] | HTTPResponse:
        """Return the message and the delivery's number, or the response where there is none."""
        incoming = await self._message(request, body)
        if self._stopping or not self._agent_ready():
            return text("The assistant is not ready.", 503)
        if incoming.is_event and not self._knows_intent(incoming.intent or ""):
            return text("success")
        return incoming, await reception.accept(incoming, connection)

    async def _message(self, request: Request, body: bytes) -> Incoming:
        """Return the message of a callback.

        Raises:
            RefusedRequest: It is not from the platform, too old or replayed.
            MalformedMessage: It cannot be read.
        """
        timestamp, nonce = _parameter(request, "timestamp"), _parameter(request, "nonce")
        if _encrypted(request) and self._cipher is not None:
            ciphertext = parse_xml(body).get("Encrypt")
            if not isinstance(ciphertext, str):
                raise MalformedMessage("The body has no ciphertext.")
            signature = _parameter(request, "msg_signature")
            self._cipher.verify(signature, timestamp, nonce, ciphertext)
            body = self._cipher.decrypt(ciphertext)
        incoming = read_message(parse_xml(body))
        await self._services.guard.check(timestamp, nonce, incoming.key)
        return incoming

    def _reply(self, reply: str, encrypted: bool) -> HTTPResponse:
        if not reply:
            return text("success")
        if encrypted and self._cipher is not None:
            reply = self._cipher.envelope(reply, str(int(time.time())), secrets.token_hex(8))
        return text(reply, content_type="application/xml; charset=utf-8")

    def _agent_ready(self) -> bool:
        """Whether Rasa has a model; without one it would lose messages silently."""
        agent = getattr(self._app.ctx, "agent", None) if self._app else None
        return agent is not None and bool(agent.is_ready())

    def _knows_intent(self, intent: str) -> bool:
        """Whether the assistant's domain has this intent."""
        agent = getattr(self._app.ctx, "agent", None) if self._app else None
        domain = getattr(agent, "domain", None)
        return domain is None or intent in domain.intents


def _parameter(request: Request, name: str) -> str:
    values = request.args.getlist(name) or [""]
    return str(values[0])


def _encrypted(request: Request) -> bool:
    return _parameter(request, "encrypt_type") == "aes"
