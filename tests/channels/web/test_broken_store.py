"""What happens when nothing can be kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from socketio import AsyncServer

from xiaoer.channels.storage import open_store
from xiaoer.channels.web import NotDelivered, WebOutput
from xiaoer.channels.web.delivery import Delivery
from xiaoer.channels.web.errors import Refused
from xiaoer.channels.web.settings import WebSettings
from xiaoer.channels.web.turns import Turns

SESSION = "0" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file where the store wants a folder."""
    (tmp_path / "file").touch()
    return tmp_path / "file"


async def test_a_person_learns_that_their_words_did_not_arrive(folder: Path) -> None:
    store = open_store(str(folder / "channels.db"))
    delivery = Delivery(AsyncServer(async_mode="asgi"), store, WebSettings())

    with pytest.raises(NotDelivered, match="could not be kept"):
        await WebOutput(delivery).send_text_message(SESSION, "hello")
    await WebOutput(delivery, strict=False).send_text_message(SESSION, "hello")


async def test_a_page_learns_that_it_should_send_again(folder: Path) -> None:
    store = open_store(str(folder / "channels.db"))
    settings = WebSettings()
    delivery = Delivery(AsyncServer(async_mode="asgi"), store, settings)

    async def never(message: Any) -> None:
        raise AssertionError("nothing is handled that could be lost")

    turns = Turns("web", settings, store, delivery, never)

    with pytest.raises(Refused) as refused:
        await turns.accept(SESSION, {"message": "hello"})
    assert refused.value.reason == "unavailable"
    assert refused.value.wait
