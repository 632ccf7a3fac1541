"""A running Rasa with the web channel, pages without a browser, and browsers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.browser import browser, desktop, missing, phone  # noqa: F401
from tests.channels.rasa_project import Server, action_server, rasa_server, running
from tests.channels.web.socket_page import SocketPage
from xiaoer.channels.web.pages import WIDGET

TOKEN = "a-token-of-the-tests"


@dataclass
class Shop:
    """A Rasa server with the channel, and its action server."""

    rasa: Server
    actions: Server

    async def push(self, session: str, text: str, staff: str = "", id: str = "") -> httpx.Response:
        """Say something in a conversation from outside, as a person of the shop does."""
        body = {"id": id or text, "conversation": session, "channel": "web", "text": text}
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            return await client.post(
                f"{self.rasa.url}/webhooks/outbound/messages",
                json={**body, **({"staff": staff} if staff else {})},
                headers={"Authorization": f"Bearer {TOKEN}"},
            )


@pytest.fixture(scope="package")
def shop(
    channel_project: Path,
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """The channel with its defaults, and the connector by which people write."""
    folder = tmp_path_factory.mktemp("web")
    actions = action_server(free_port(), folder)
    rasa = rasa_server(
        {
            "xiaoer.channels.WebInput": {"messages_per_minute": 60, "keep_messages": 5},
            "xiaoer.channels.OutboundInput": {"token": TOKEN},
        },
        free_port(),
        folder,
        actions.url,
    )
    with running(actions, rasa):
        yield Shop(rasa, actions)


@pytest.fixture(scope="package")
def site(shop: Shop) -> Iterator[str]:
    """The address of a shop's page, on another origin than Rasa and with a strict policy."""
    if not WIDGET.is_file():
        missing("the chat widget is not built: `make web` builds it")
    rasa = shop.rasa.url
    policy = (
        f"default-src 'none'; script-src {rasa}; connect-src {rasa} {rasa.replace('http', 'ws')}; "
        "img-src https: data:"
    )
    page = (
        "<!doctype html><title>Shop</title><link rel=icon href='data:,'>"
        "<meta name=viewport content='width=device-width, viewport-fit=cover'>"
        "<main><h1>Shop</h1><a href='#a'>Offers</a></main>"
        f"<script src='{rasa}/webhooks/web/widget.js' async></script>"
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


OpenPage = Callable[..., Awaitable[SocketPage]]


@pytest_asyncio.fixture
async def page(shop: Shop) -> AsyncIterator[OpenPage]:
    """A function that opens a page with a session: its own again, or a new one."""
    opened: list[SocketPage] = []

    async def open_page(session: object = None, receipts: bool = True) -> SocketPage:
        made = SocketPage(shop.rasa.url)
        opened.append(made)
        await made.open(session, receipts)
        return made

    yield open_page
    await asyncio.gather(*(one.close() for one in opened), return_exceptions=True)
