"""What axe-core says about the widget, in each of its states."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser import accessibility
from tests.channels.web.conftest import Shop
from tests.channels.web.widget_page import Widget

MARKUP = "document.documentElement.lang = 'en'"


async def walk(widget: Widget, site: str, shop: Shop) -> None:
    """Bring the widget into all states and check each."""
    page = widget.page
    await widget.visit(site)
    await page.evaluate(MARKUP)
    assert await accessibility(page) == []

    await widget.open()
    await widget.say("hello")
    await widget.hears("你好,我是店小二。Hello!")
    await widget.say("buttons")
    await widget.choice("查订单").click()
    await widget.hears("intent: order_status {}")
    await widget.say("cards")
    await expect(widget.log.get_by_role("listitem")).to_have_count(2)
    await shop.push(await widget.session(), "https://shop.example", staff="Anna")
    await expect(widget.log.locator(".staff")).to_be_visible()
    await widget.say("slow 1")
    await expect(widget.log.locator(".typing")).to_be_visible()
    assert await accessibility(page) == []

    await widget.hears("echo: slow 1")
    await widget.button("restart").click()
    assert await accessibility(page) == []


async def test_on_a_desk(desktop: Page, site: str, shop: Shop) -> None:
    await walk(Widget(desktop), site, shop)


async def test_on_a_phone(phone: Page, site: str, shop: Shop) -> None:
    await walk(Widget(phone, "zh"), site, shop)


async def test_the_check_finds_what_is_wrong(desktop: Page, site: str) -> None:
    await Widget(desktop).visit(site)
    await desktop.evaluate(
        "document.querySelector('xiaoer-chat').shadowRoot.querySelector('.launcher')"
        ".removeAttribute('aria-label')"
    )

    assert any(found.startswith("button-name") for found in await accessibility(desktop))
