"""A server that dies in the middle of a turn, and comes back."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect

from tests.browser import errors_of
from tests.channels.rasa_project import calls
from tests.channels.web.conftest import Shop
from tests.channels.web.widget_page import Widget


async def test_nothing_is_lost_or_doubled_over_a_crash(
    desktop: Page, site: str, shop: Shop
) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.say("hello")
    await widget.hears("你好,我是店小二。Hello!")
    await widget.say("slow 3 in the middle")
    await expect(widget.log.locator(".typing")).to_be_visible()

    shop.rasa.kill()
    await expect(widget.status).to_contain_text("The connection is lost")
    await widget.say("while away")
    await expect(widget.log.locator(".mark").last).to_have_text("Not sent yet")
    await asyncio.to_thread(shop.rasa.start)

    await expect(widget.status).to_have_text("", timeout=20_000)
    await widget.hears("echo: while away")
    # What had been accepted is taken up when the dead server has been quiet for long enough.
    in_the_middle = widget.log.get_by_text("echo: slow 3 in the middle")
    await expect(in_the_middle).to_be_visible(timeout=40_000)
    await asyncio.sleep(1)
    await expect(in_the_middle).to_have_count(1)
    await expect(widget.log.get_by_text("echo: while away")).to_have_count(1)
    assert await widget.log.locator(".mark").all_inner_texts() == ["", "", ""]
    session = await widget.session()
    mine = [call["text"] for call in calls(shop.actions.url) if call["sender"] == session]
    assert mine.count("while away") == 1
    # The browser itself notes each connection that failed.
    errors_of(desktop)[:] = [one for one in errors_of(desktop) if "ERR_CONNECTION" not in one]
