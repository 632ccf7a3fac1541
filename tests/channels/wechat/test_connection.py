"""A connection is as the kernel knows it, however busy the event loop is."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from typing import Any

import pytest
from sanic.request import Request

from xiaoer.channels.wechat.connection import Connection

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's TCP_INFO")


class Accepted(asyncio.Protocol):
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.received = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received.set()


def busy(seconds: float) -> None:
    """Keep the event loop from turning."""
    time.sleep(seconds)


@pytest.mark.parametrize("kind", ["asyncio", "uvloop"])
def test_a_busy_loop_knows_since_when_and_whether_somebody_waits(kind: str) -> None:
    loop: Any = asyncio.new_event_loop() if kind == "asyncio" else _uvloop()

    async def run() -> None:
        accepted = Accepted()
        server = await loop.create_server(lambda: accepted, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        with socket.create_connection(address) as platform:
            platform.sendall(b"POST")
            sent = time.monotonic()
            busy(0.4)
            await asyncio.wait_for(accepted.received.wait(), 5)
            request = Request(b"/", {}, "1.1", "POST", accepted.transport, None)
            connection = Connection(request)
            assert connection.arrived == pytest.approx(sent, abs=0.05)
            assert connection.open()
        # The loop has not turned since.
        assert not accepted.transport.is_closing()
        assert not connection.open()
        server.close()

    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


def test_without_a_connection_nobody_waits() -> None:
    request = Request(b"/", {}, "1.1", "POST", None, None)
    connection = Connection(request)
    assert connection.arrived <= time.monotonic()
    assert not connection.open()


def _uvloop() -> Any:
    return pytest.importorskip("uvloop").new_event_loop()
