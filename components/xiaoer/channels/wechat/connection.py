"""The connection of one delivery: since when the platform waits, and whether it still does."""

from __future__ import annotations

import os
import socket
import struct
import time

from sanic.request import Request

#: `struct tcp_info` of Linux: the state, and milliseconds since data came.
_STATE, _LAST_DATA_RECEIVED, _BYTES = 0, 52, 104
_ESTABLISHED = 1


class Connection:
    """Asks the kernel, for a busy event loop learns late of what arrives, and of a hang-up.

    Where there is no `TCP_INFO`, it is as Sanic knows it.

    Args:
        request: A request whose handler has just begun.

    Attributes:
        arrived: When it came, by `time.monotonic`.

    Source: https://man7.org/linux/man-pages/man7/tcp.7.html
    """

    def __init__(self, request: Request) -> None:
        self._transport = request.transport
        now = time.monotonic()
        protocol = getattr(request.stream, "protocol", None)
        self.arrived: float = min(now, getattr(protocol, "_time", now))
        info = self._info()
        if info is not None:
            (waited,) = struct.unpack_from("=I", info, _LAST_DATA_RECEIVED)
            self.arrived = min(self.arrived, now - waited / 1000)

    def open(self) -> bool:
        """Whether the platform has not hung up, as far as this machine has heard."""
        if self._transport is None or self._transport.is_closing():
            return False
        info = self._info()
        return info is None or info[_STATE] == _ESTABLISHED

    def _info(self) -> bytes | None:
        try:
            number = os.dup(self._transport.get_extra_info("socket").fileno())
            with socket.socket(fileno=number) as connection:
                info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES)
        except (AttributeError, OSError):
            return None
        return info if len(info) == _BYTES else None
