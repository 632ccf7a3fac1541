"""Words that come while nobody looks."""

from __future__ import annotations

import asyncio

from tests.channels.web.conftest import OpenPage, Shop
from tests.channels.web.socket_page import SocketPage


async def gone(page: SocketPage) -> SocketPage:
    """Close a page, and give the server the moment to notice."""
    await page.close()
    await asyncio.sleep(0.2)
    return page


async def test_a_persons_words_reach_an_open_page(shop: Shop, page: OpenPage) -> None:
    customer = await page()
    await customer.answered("hello")

    pushed = await shop.push(customer.session, "Good morning", staff="Anna")

    assert pushed.status_code == 200
    message = (await customer.until(lambda: customer.messages[1:]))[0]
    assert message["text"] == "Anna: Good morning"
    assert message["sender"] == {"name": "Anna"}


async def test_what_came_meanwhile_waits_until_it_is_acknowledged(
    shop: Shop, page: OpenPage
) -> None:
    customer = await page()
    await customer.answered("hello")
    await customer.receive(*(message["id"] for message in customer.messages))
    await gone(customer)

    for number in range(3):
        assert (await shop.push(customer.session, f"news {number}")).status_code == 200

    back = await page(customer.session)
    expected = ["news 0", "news 1", "news 2"]
    assert await back.until(lambda: back.texts[2:] and back.texts) == expected
    await back.receive(back.messages[0]["id"], back.messages[2]["id"], "unknown")
    again = await page(customer.session)
    assert await again.until(lambda: again.texts) == ["news 1"]
    await again.receive(again.messages[0]["id"])
    assert (await page(customer.session)).texts == []


async def test_an_answer_that_comes_after_the_page_closed_is_kept(page: OpenPage) -> None:
    customer = await page()
    await customer.say("slow 0.6 please")
    await gone(customer)

    await asyncio.sleep(0.8)

    back = await page(customer.session)
    assert await back.until(lambda: back.texts) == ["echo: slow 0.6 please"]


async def test_a_page_that_does_not_acknowledge_gets_each_message_once(
    shop: Shop, page: OpenPage
) -> None:
    plain = await page(receipts=False)
    await plain.answered("hello")
    await gone(plain)
    await shop.push(plain.session, "meanwhile")

    back = await page(plain.session, receipts=False)
    assert await back.until(lambda: back.texts) == ["meanwhile"]
    assert (await page(plain.session, receipts=False)).texts == []


async def test_only_the_newest_wait(shop: Shop, page: OpenPage) -> None:
    customer = await page()
    await customer.answered("hello")
    await gone(customer)
    for number in range(8):
        await shop.push(customer.session, f"news {number}")

    back = await page(customer.session)

    assert await back.until(lambda: back.texts[4:] and back.texts) == [
        f"news {number}" for number in range(3, 8)
    ]


async def test_nothing_is_kept_for_a_conversation_that_never_was(shop: Shop) -> None:
    for conversation in ("0" * 32, "anna"):
        pushed = await shop.push(conversation, "hello?")

        assert pushed.status_code == 502
        assert "No customer has written" in pushed.json()["error"]["reason"]


async def test_two_tabs_hear_the_same(page: OpenPage) -> None:
    one = await page()
    other = await page(one.session)

    await one.answered("hello")

    await other.until(lambda: other.texts)
    assert other.messages == one.messages
