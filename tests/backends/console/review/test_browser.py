"""Review in a browser: by keyboard, on a phone, for everybody."""

import pytest
from playwright.async_api import expect

from tests.browser import accessibility

SAY = "could the tall blue lamp from the window be wrapped as a present for my {}"


@pytest.fixture(scope="module")
def lamps(office):
    texts = [SAY.format(whom) for whom in ("aunt", "uncle", "niece", "nephew")]
    office.collect(*texts)
    return texts


async def enter(office, page, username):
    """Log in, and go to the page of review."""
    await office.desk.log_in(page, username)
    await page.goto(f"{office.desk.url}/staff/review")
    return page


async def test_by_keyboard_from_the_list_to_a_decision(office, lamps, desktop):
    page = await enter(office, desktop, "sue")
    await page.focus(f"a:has-text('{lamps[0][:30]}')")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#decide")
    # Other tests share the office, and what they said may have joined this group.
    before = await page.locator("input[name=messages]").count()
    await page.focus(f"input[name=messages][value='{office.message(lamps[0])}']")
    await page.keyboard.press("Space")
    await page.focus("input[name=intent]")
    await page.keyboard.type("order_status")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice.good")).to_have_text("Decided: 1")
    assert office.label(lamps[0]) == "order_status"
    await expect(page.locator("input[name=messages]")).to_have_count(before - 1)


async def test_nothing_keeps_anybody_out(office, lamps, desktop):
    page = await enter(office, desktop, "sue")
    assert await accessibility(page) == []
    for address in (
        f"/staff/review/groups/{office.group(lamps[1])}",
        f"/staff/review/messages/{office.message(lamps[1])}",
        "/staff/review/decisions",
    ):
        await page.goto(office.desk.url + address)
        assert await accessibility(page) == [], address


async def test_on_a_phone_in_chinese(office, lamps, phone):
    page = await enter(office, phone, "mei")
    for address in (
        "/staff/review",
        f"/staff/review/groups/{office.group(lamps[1])}",
        f"/staff/review/messages/{office.message(lamps[1])}",
    ):
        await page.goto(office.desk.url + address)
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, address
    await page.goto(f"{office.desk.url}/staff/review/groups/{office.group(lamps[1])}")
    await page.tap(f"input[name=messages][value='{office.message(lamps[1])}']")
    await page.tap("button:has-text('忽略')")
    await expect(page.locator(".notice.good")).to_have_text("已决定 1 条")
