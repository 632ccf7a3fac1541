"""The pages in a browser: by keyboard, on a phone, for everybody, in both languages."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser import accessibility


@pytest.fixture
def planned(write):
    """Two customers and two variants of copy."""
    write(lambda world: world.copy("Spring tea is here. " * 8, "en"))
    write(lambda world: world.copy("春茶上新，欢迎来看看今年的第一批龙井。" * 4, "zh"))
    for _ in range(2):
        write(lambda world: world.customer(language="en"))


async def test_planned_by_keyboard(outreach_desk, desktop, planned):
    page = await outreach_desk.log_in(desktop, "sue")
    await page.goto(f"{outreach_desk.url}/staff/outreach/new")
    everybody = page.get_by_role("radio", name="Everybody who agreed")
    await everybody.focus()
    await page.keyboard.press("Space")
    await page.get_by_role("button", name="Count the audience").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("can be reached today")
    assert await accessibility(page) == []
    await page.get_by_role("checkbox").first.focus()
    await page.keyboard.press("Space")
    await page.get_by_label("Name").fill("Spring tea")
    await page.keyboard.press("Enter")
    # The first button of the form only counts: Enter loses and sends nothing.
    await expect(page.get_by_label("Name")).to_have_value("Spring tea")
    await page.get_by_role("button", name="Save as draft").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Spring tea")
    assert await accessibility(page) == []
    await page.get_by_role("button", name="Set going").click()
    await expect(page.get_by_role("button", name="Set going")).to_have_count(0)
    for _ in range(20):
        await page.reload()
        if await page.get_by_text("Done", exact=True).count():
            break
        await asyncio.sleep(0.5)
    await expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    assert await accessibility(page) == []
    await page.goto(f"{outreach_desk.url}/staff/outreach")
    await expect(page.get_by_role("link", name="Spring tea").first).to_be_visible()
    assert await accessibility(page) == []


@pytest.mark.parametrize("path", ["/staff/outreach", "/staff/outreach/new"])
async def test_on_a_phone_nothing_is_cut_off(outreach_desk, phone, planned, path):
    page = await outreach_desk.log_in(phone, "sue")
    await page.goto(outreach_desk.url + path)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(wide)
    assert await accessibility(page) == []
