"""Reading a request's body no further than a message can be long."""

from __future__ import annotations

from sanic.exceptions import PayloadTooLarge
from sanic.request import Request

#: Bytes of a callback; real ones have a few thousand.
MAX_BODY = 1024 * 1024


def limit_body(request: Request) -> None:
    """Let Sanic read no further than the limit, also when the request is refused unread."""
    if request.stream is not None:
        request.stream.request_max_size = MAX_BODY


async def read_body(request: Request) -> bytes:
    """Return the body of a request whose route has `stream=True`.

    Raises:
        PayloadTooLarge: It is, or says that it will be, larger than `MAX_BODY`.
    """
    received = bytearray()
    while request.stream is not None and request.stream.request_body:
        chunk = await request.stream.read()
        if not chunk:
            break
        received += chunk
        if len(received) > MAX_BODY:
            raise PayloadTooLarge("The body is too large.")
    return bytes(received)
