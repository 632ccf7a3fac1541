"""Requests that the platform makes to us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from sanic import Request
from sanic.response import HTTPResponse, text

from xiaoer.channels.storage import StoreError
from xiaoer.channels.tencent import (
    CallbackCipher,
    MalformedMessage,
    RefusedRequest,
    ReplayGuard,
    parse_xml,
)

MAX_BODY = 1024 * 1024


class TooLarge(Exception):
    """The body is larger than any that the platform sends."""


class Callback:
    """Opens requests to one address: their size, signature, age and encryption.

    Every request is signed and encrypted. Its id (`MsgId`, or what tells an event from others)
    lets a repeated delivery pass and refuses another message with its nonce.

    Source: https://developer.work.weixin.qq.com/document/path/90930
    """

    def __init__(self, cipher: CallbackCipher, guard: ReplayGuard) -> None:
        self._cipher = cipher
        self._guard = guard

    async def echo(self, request: Request) -> str:
        """Return what the handshake wants to see: its `echostr`, decrypted.

        Raises:
            MalformedMessage, RefusedRequest: As `open`.
        """
        encrypted = _argument(request, "echostr")
        plain = self._decrypt(request, encrypted)
        await self._check(request, encrypted)
        try:
            return plain.decode()
        except UnicodeDecodeError:
            raise MalformedMessage("The echostr is not text.") from None

    async def open(self, request: Request) -> dict[str, Any]:
        """Return the fields of the message in a request.

        Raises:
            MalformedMessage: It cannot be read.
            RefusedRequest: It is not signed by the platform, too old, or for somebody else.
            TooLarge: Its body has more than 1 MB.
        """
        if len(request.body) > MAX_BODY:
            raise TooLarge
        fields = parse_xml(request.body)
        encrypted = fields.get("Encrypt")
        if not isinstance(encrypted, str):
            raise MalformedMessage("The body has no Encrypt.")
        message = parse_xml(self._decrypt(request, encrypted))
        await self._check(request, delivery_key(message))
        return message

    def reply(self, request: Request, plain: str) -> str:
        """Return a passive reply, encrypted and signed."""
        timestamp, nonce = _argument(request, "timestamp"), _argument(request, "nonce")
        return self._cipher.envelope(plain, timestamp, nonce)

    def _decrypt(self, request: Request, encrypted: str) -> bytes:
        signature = _argument(request, "msg_signature")
        timestamp, nonce = _argument(request, "timestamp"), _argument(request, "nonce")
        self._cipher.verify(signature, timestamp, nonce, encrypted)
        return self._cipher.decrypt(encrypted)

    async def _check(self, request: Request, message: str) -> None:
        timestamp, nonce = _argument(request, "timestamp"), _argument(request, "nonce")
        await self._guard.check(timestamp, nonce, message)


def delivery_key(fields: dict[str, Any]) -> str:
    """Return what repeated deliveries of one message or event have in common."""
    if fields.get("MsgId"):
        return f"message:{fields['MsgId']}"
    names = ("FromUserName", "CreateTime", "Event", "EventKey", "TaskId", "Token", "OpenKfId")
    return ":".join(["event", *(str(fields.get(name, "")) for name in names)])


def answered(
    handler: Callable[[Request], Awaitable[HTTPResponse]],
) -> Callable[[Request], Awaitable[HTTPResponse]]:
    """Let a handler's refusals become answers: 400, 403, 413 or, for the store's, 503."""

    @wraps(handler)
    async def handle(request: Request) -> HTTPResponse:
        try:
            return await handler(request)
        except TooLarge:
            return text("The body is too large.", status=413)
        except MalformedMessage as error:
            return text(str(error), status=400)
        except RefusedRequest as error:
            return text(str(error), status=403)
        except StoreError:
            # The platform delivers again.
            return text("The store does not answer.", status=503)

    return handle


def _argument(request: Request, name: str) -> str:
    value = request.args.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedMessage(f"The query has no {name}.")
    return value
