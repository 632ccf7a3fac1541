"""Fixtures that drive Debian's headless Chromium through playwright; import them in a `conftest.py`.

    from tests.browser import browser, desktop, phone  # noqa: F401

`desktop` and `phone` are pages of their own context (nothing shared, nothing kept): asynchronous,
for tests that are coroutines. A page that logs an error or throws one fails its test, unless the
test takes the errors out of `errors_of(page)`.
"""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# As root and in containers there is no sandbox and little /dev/shm; nothing calls home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

_errors: dict[int, list[str]] = {}


def missing(what: str) -> None:
    """Skip the test on a laptop; fail it where everything must be there."""
    if os.environ.get("XIAOER_REQUIRE_SERVICES") == "1":
        pytest.fail(what)
    pytest.skip(what)


def chromium() -> str:
    """Return the path of a Chromium; without one the test is skipped, or fails in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("no Chromium is installed: `apt-get install chromium` runs the browser tests")
    return str(found)


def errors_of(page: Page) -> list[str]:
    """Return what `page` logged as an error or threw; clear the list to forgive it."""
    return _errors[id(page)]


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium for one test."""
    path = chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        await running.close()


async def _page(browser: Browser, **context: Any) -> AsyncIterator[Page]:
    settings = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **context}
    opened = await browser.new_context(**settings)
    opened.set_default_timeout(15_000)
    page = await opened.new_page()
    errors = _errors[id(page)] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and errors.append(said.text))
    yield page
    await opened.close()
    del _errors[id(page)]
    assert not errors, f"the page reported errors: {errors}"


@pytest_asyncio.fixture
async def desktop(browser: Browser) -> AsyncIterator[Page]:
    """A page on a desk: 1280 x 800, English."""
    async for page in _page(browser, viewport=DESKTOP):
        yield page


@pytest_asyncio.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A page in a hand: 390 x 844, touch, Chinese."""
    hand = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
    async for page in _page(browser, **hand, locale="zh-CN"):
        yield page


async def accessibility(page: Page, scope: str | None = None) -> list[str]:
    """Return the serious and critical violations that axe-core finds (WCAG 2.1 A and AA)."""
    if not AXE.is_file():
        missing("axe-core is not installed: `npm ci` in web/ runs the accessibility checks")
    # Evaluated, not added as a script tag: a page's content security policy stays as it is.
    await page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
    found = await page.evaluate(
        "scope => axe.run(scope || document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})",
        scope,
    )
    return [
        f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
