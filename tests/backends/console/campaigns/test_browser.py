"""The pages of copy in a browser: by keyboard, on a phone, in both languages, for everybody."""

import pytest
from playwright.async_api import expect

from tests.backends.console.campaigns.test_pages import BRIEF, LIE, order
from tests.backends.console.desk import PASSWORD
from tests.browser import accessibility


async def log_in(page, office, path):
    await page.goto(f"{office.shop.url}/staff/login")
    await page.fill("[name=username]", "sue")
    await page.fill("[name=password]", PASSWORD)
    await page.press("[name=password]", "Enter")
    await page.wait_for_selector("#queue")
    await page.goto(f"{office.shop.url}{path}")


async def test_from_brief_to_approval_by_keyboard(live_office, desktop):
    page = desktop
    await log_in(page, live_office, "/staff/campaigns/new")
    assert await accessibility(page) == []
    await page.fill("[name=products]", BRIEF["products"])
    await page.select_option("select[name=language]", "zh")
    await page.type("textarea[name=facts]", "支持多点连接")
    await expect(page.locator("#count-facts")).to_have_text("1 / 5 lines")
    await page.focus("button:has-text('Write')")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("article.copy")
    assert await accessibility(page) == []
    first = page.locator("article.copy").first
    await first.locator("summary:has-text('Edit')").press("Enter")
    box = first.locator("textarea[name=text]")
    await box.fill("好" * 301)
    await expect(first.locator(".decide .count.over")).to_have_text("903 / 900 bytes")
    await box.fill(LIE)
    await first.locator("button:has-text('Save and check')").press("Enter")
    await page.wait_for_selector(".against")
    first = page.locator("article.copy").first
    await expect(first.locator("button:has-text('Approve')")).to_be_disabled()
    assert await accessibility(page) == []
    second = page.locator("article.copy").nth(1)
    await second.locator("button:has-text('Approve')").press("Enter")
    await expect(page.locator(".tag.approved")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone(live_office, phone, scheme):
    page = phone
    path, (one, *_) = order(live_office)
    live_office.decide(one, "edit", text=LIE)
    await page.emulate_media(color_scheme=scheme)
    await log_in(page, live_office, path)
    for address in (path, "/staff/campaigns", "/staff/campaigns/new"):
        await page.goto(f"{live_office.shop.url}{address}")
        wide = "document.documentElement.scrollWidth <= innerWidth"
        assert await page.evaluate(wide), address
        assert await accessibility(page) == [], address
