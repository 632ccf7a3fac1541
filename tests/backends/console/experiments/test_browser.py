"""The pages of experiments in a browser: both languages, both widths, accessible."""

import pytest
from playwright.async_api import expect

from tests.backends.console.desk import PASSWORD
from tests.backends.console.experiments.trial import Trial
from tests.browser import accessibility


@pytest.fixture(scope="module")
def trial(desk):
    made = Trial(desk, name="Subject lines for tea", holdout=0.1, effect=0.2)
    made.run(200, {"A": 0.2, "B": 0.7})
    made.run(100, {"A": 0.2, "B": 0.7})
    return made


async def enter(desk, page, path):
    await page.goto(f"{desk.url}/staff/login")
    await page.fill("[name=username]", "sue")
    await page.fill("[name=password]", PASSWORD)
    await page.press("[name=password]", "Enter")
    await page.wait_for_selector("#queue")
    await page.goto(f"{desk.url}{path}")


async def fits(page):
    wide = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide[0] <= wide[1], "the page must not scroll sideways"


async def check_all_pages(desk, page, trial):
    await enter(desk, page, "/staff/experiments")
    for path in ("/staff/experiments", "/staff/experiments/new", trial.path):
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.goto(f"{desk.url}{path}")
            await expect(page.locator("h1")).to_be_visible()
            assert await accessibility(page) == []
            await fits(page)


async def test_all_pages_are_accessible_and_fit_a_desk(desk, trial, desktop):
    await check_all_pages(desk, desktop, trial)


async def test_all_pages_are_accessible_and_fit_a_phone(desk, trial, phone):
    await check_all_pages(desk, phone, trial)


async def test_a_new_experiment_by_keyboard(desk, desktop):
    page = desktop
    await enter(desk, page, "/staff/experiments/new")
    await page.fill("[name=name]", "By keyboard")
    await page.focus("[name=arms]")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("plain\ncolourful")
    await page.get_by_role("button", name="Reckon the size").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#plan")).to_contain_text("customers with a known outcome")
    assert await page.input_value("[name=arms]") == "plain\ncolourful"
    await page.get_by_role("button", name="Save as draft").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("By keyboard")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".experiment-reading")).to_contain_text("Not yet decided: 0 of")
    await page.click(".experiment-stop summary")
    await page.check("[name=sure]")
    await page.get_by_role("button", name="Stop now").click()
    await expect(page.locator("main")).to_contain_text("Stopped by hand")


async def test_another_policy_is_estimated_on_the_page(desk, trial, phone):
    await enter(desk, phone, trial.path)
    await phone.select_option("[name=policy]", "always:B")
    await phone.get_by_role("button", name="Estimate").click()
    await expect(phone.locator("#answer")).to_contain_text("Doubly robust")
    assert await accessibility(phone) == []
    await fits(phone)
