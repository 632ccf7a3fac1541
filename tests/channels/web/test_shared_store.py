"""Two servers with one Redis, and all names and limits set otherwise than by default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import jwt
import pytest
import pytest_asyncio
import websockets

from tests.channels.rasa_project import action_server, calls, rasa_server, running
from tests.channels.web.conftest import TOKEN, Shop
from tests.channels.web.socket_page import SocketPage

KEY = "a-key-that-signs-customers-tokens"
ORIGIN = "https://shop.example"

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def shops(
    channel_project: Path,
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
    redis_url: str,
) -> Iterator[tuple[Shop, Shop]]:
    """Two servers of one shop."""
    folder = tmp_path_factory.mktemp("shared")
    web = {
        "store": redis_url,
        "namespace": "/talk",
        "jwt_key": KEY,
        "cors": [f"{ORIGIN}/"],
        "messages_per_minute": 6,
    }
    credentials = {
        "xiaoer.channels.WebInput": web,
        "xiaoer.channels.OutboundInput": {"token": TOKEN, "store": redis_url},
    }
    actions = action_server(free_port(), folder)
    one, two = (rasa_server(credentials, free_port(), folder, actions.url) for _ in range(2))
    with running(actions, one, two):
        yield Shop(one, actions), Shop(two, actions)


@pytest_asyncio.fixture
async def pages(shops: tuple[Shop, Shop]) -> AsyncIterator[tuple[SocketPage, SocketPage]]:
    """A page at each server, connected and without a session."""
    opened = [SocketPage(shop.rasa.url, "/talk") for shop in shops]
    for one in opened:
        assert await one.connect({"token": jwt.encode({"user": "anna"}, KEY)}, {"Origin": ORIGIN})
    yield opened[0], opened[1]
    await asyncio.gather(*(one.close() for one in opened))


@pytest.mark.parametrize(
    "auth",
    [
        None,
        {"token": ""},
        {"token": 7},
        {"token": "a.b.c"},
        "token",
        {"token": jwt.encode({"user": "anna"}, "another-key-that-signs-customers-tokens")},
    ],
)
async def test_a_page_without_a_token_is_refused(shops: tuple[Shop, Shop], auth: object) -> None:
    page = SocketPage(shops[0].rasa.url, "/talk")

    assert not await page.connect(auth)
    await page.close()


async def test_a_page_of_another_origin_is_refused(shops: tuple[Shop, Shop]) -> None:
    page = SocketPage(shops[0].rasa.url, "/talk")

    with pytest.raises(websockets.InvalidStatusCode):
        await page.connect(headers={"Origin": "https://other.example"})


async def test_words_pass_from_server_to_server(
    shops: tuple[Shop, Shop], pages: tuple[SocketPage, SocketPage]
) -> None:
    here, there = pages
    await here.join()
    assert await here.answered("where is it") == ["echo: where is it"]

    assert (await shops[1].push(here.session, "from there", id=here.session)).status_code == 200

    await here.until(lambda: "from there" in here.texts)
    await here.receive(*(message["id"] for message in here.messages[:-1]))
    await there.join(here.session)
    assert await there.until(lambda: there.texts) == ["from there"]


async def test_a_repeat_to_the_other_server_is_handled_once(
    shops: tuple[Shop, Shop], pages: tuple[SocketPage, SocketPage]
) -> None:
    here, there = pages
    await here.join()
    await there.join(here.session)

    await asyncio.gather(*(page.say("slow 0.3", "m1") for page in (here, there, here)))

    await here.until(lambda: here.turns)
    await asyncio.sleep(0.3)
    mine = [call for call in calls(shops[0].actions.url) if call["sender"] == here.session]
    assert len(mine) == 1


async def test_the_limit_holds_over_both(pages: tuple[SocketPage, SocketPage]) -> None:
    here, there = pages
    await here.join()
    await there.join(here.session)

    answers = await asyncio.gather(*(pages[turn % 2].say("silent") for turn in range(14)))

    # A new minute may begin meanwhile.
    assert sum(answer["accepted"] for answer in answers) in (6, 12)


async def test_a_server_that_stops_ends_its_turns(
    shops: tuple[Shop, Shop], pages: tuple[SocketPage, SocketPage]
) -> None:
    """The last test: one of the servers is gone afterwards."""
    here, there = pages
    await here.join()
    await there.join(here.session)
    await here.say("slow 1.5 until the end")

    await asyncio.to_thread(shops[0].rasa.stop)

    assert await there.until(lambda: there.texts) == ["echo: slow 1.5 until the end"]
    await asyncio.sleep(6)  # in which the other server would take up what was left
    mine = [call for call in calls(shops[0].actions.url) if call["sender"] == here.session]
    assert (len(mine), len(there.texts)) == (1, 1)
