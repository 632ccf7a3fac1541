"""The pages of insights in a browser: charts, keyboard, phone, both languages, light and dark."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from backends.console.assets import FOLDER
from tests.backends.console.insights.history import EVIL
from tests.browser import accessibility, errors_of, missing

CHARTS = ("volume", "containment", "sentiment", "satisfaction", "intents")
# Pixels of a canvas that are not its first one: nothing is drawn where there are none.
DRAWN = """it => {
    const {data} = it.getContext('2d').getImageData(0, 0, it.width, it.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] > 200) seen.add(data.slice(at, at + 3).join());
    }
    return [...seen];
}"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def drawing_desk(insight_desk):
    """The server, for tests that need the charts' script."""
    if not (FOLDER / "charts.js").is_file():
        missing("the charts' script is not built: `make web` builds it")
    return insight_desk


@pytest_asyncio.fixture
async def page(drawing_desk, desktop):
    """Sue's browser on a desk."""
    return await drawing_desk.log_in(desktop, "sue")


def period(history, **more):
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/staff/insights?from={history.first}&to={history.last}{extra}"


async def test_each_chart_is_drawn_from_its_table(page, drawing_desk, history):
    violated = []
    page.on("console", lambda said: "Content Security" in said.text and violated.append(said.text))
    await page.goto(drawing_desk.url + period(history))
    for name in CHARTS:
        canvas = page.locator(f"#chart-{name} canvas")
        await expect(canvas).to_be_visible()
        assert len(await canvas.evaluate(DRAWN)) > 3, name
        # The table has folded up, and says the same when it is asked for.
        cell = page.locator(f"#chart-{name} td").first
        await expect(cell).to_be_hidden()
        await page.click(f"#chart-{name} summary")
        await expect(cell).to_be_visible()
    assert not violated


async def test_a_day_says_its_numbers_where_one_points(page, drawing_desk, history):
    await page.goto(drawing_desk.url + period(history))
    canvas = page.locator("#chart-volume canvas")
    await canvas.scroll_into_view_if_needed()
    before = await canvas.screenshot()
    box = await canvas.bounding_box()
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.wait_for_function(
        "() => new Promise(done => requestAnimationFrame(() => done(true)))"
    )
    assert await canvas.screenshot() != before


async def test_charts_follow_light_and_dark(page, drawing_desk, history):
    await page.emulate_media(color_scheme="light")
    await page.goto(drawing_desk.url + period(history))
    canvas = page.locator("#chart-volume canvas")
    light = set(await canvas.evaluate(DRAWN))
    assert "47,102,144" in light
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(
        f"it => ({DRAWN})(it).includes('130,184,224')", arg=await canvas.element_handle()
    )


async def test_without_javascript_the_numbers_stand_in_tables(drawing_desk, browser, history):
    context = await browser.new_context(base_url=drawing_desk.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/staff/login")
    await page.fill("[name=username]", "sue")
    await page.fill("[name=password]", "a horse and a battery")
    await page.press("[name=password]", "Enter")
    await page.goto(period(history))
    for name in CHARTS:
        await expect(page.locator(f"#chart-{name} td").first).to_be_visible()
        await expect(page.locator(f"#chart-{name} canvas")).to_be_hidden()
    # Filters, definitions and sorting are forms, details and links.
    await page.select_option("select[name=language]", "en")
    await page.click("text=Show >> visible=true")
    await expect(page).to_have_url(re.compile("language=en"))
    await page.click("#stat-containment summary")
    await expect(page.locator("#stat-containment details p")).to_be_visible()
    await context.close()


async def test_everything_by_keyboard(page, drawing_desk, history):
    await page.goto(drawing_desk.url + period(history))
    await tab_to(page, "select[name=channel]")
    await page.keyboard.press("ArrowDown")
    await tab_to(page, ".choose button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**channel=web**")
    await tab_to(page, "#stat-containment summary")
    await page.keyboard.press("Enter")
    await expect(page.locator("#stat-containment details p")).to_be_visible()
    await tab_to(page, "#chart-volume summary")
    await page.keyboard.press("Enter")
    await tab_to(page, "#chart-volume .scroll")
    await tab_to(page, "#breakdown th a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**sort=name**")
    await tab_to(page, "#stat-fallback_rate a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/conversations?**only=fallback**")
    await tab_to(page, ".talks a")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".entry .bubble")
    assert EVIL in await page.inner_text(".entry.customer .bubble >> nth=0")
    await tab_to(page, ".spread a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/conversations?**channel=web**only=fallback**")


async def tab_to(page, selector):
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await page.evaluate("which => document.activeElement.matches(which)", selector):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert await page.evaluate(outline) != "none", "focus cannot be seen"
            return
    raise AssertionError(f"Tab does not come to {selector}")


async def test_on_a_phone_in_chinese(drawing_desk, phone, history):
    page = await drawing_desk.log_in(phone, "pat")
    for path in (
        period(history, by="model"),
        "/staff/insights/conversations?period=90",
        f"/staff/insights/conversations/{history.talks[-1].id}",
        "/staff/insights?from=2020-01-01&to=2020-01-02",
    ):
        await page.goto(drawing_desk.url + path)
        await page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
        assert await page.evaluate(WIDE) <= 0, f"{path} is wider than the screen"
        small = """[...document.querySelectorAll('button, a.button, summary, .tabs a, .talks a')]
            .filter(it => it.checkVisibility() && it.getBoundingClientRect().height < 24)
            .map(it => it.outerHTML)"""
        assert await page.evaluate(small) == []
    await page.goto(drawing_desk.url + period(history))
    for name in CHARTS:
        assert len(await page.locator(f"#chart-{name} canvas").evaluate(DRAWN)) > 3
    await page.tap("#stat-csat summary")
    await expect(page.locator("#stat-csat details p")).to_contain_text("4 分或 5 分")
    # No figure runs out of its place.
    over = """[...document.querySelectorAll('.stat')].filter(it => it.scrollWidth > it.clientWidth)
        .map(it => it.id)"""
    assert await page.evaluate(over) == []


@pytest.mark.parametrize(("username", "scheme"), [("sue", "light"), ("pat", "dark")])
async def test_no_barrier_that_axe_finds(drawing_desk, browser: Browser, history, username, scheme):
    page = await drawing_desk.open(browser, username, color_scheme=scheme)
    found = {}
    for path in (
        f"/staff/insights?from={history.last - timedelta(days=9)}&to={history.last}&sort=-csat",
        "/staff/insights?from=x&to=2020-01-02",
        "/staff/insights?from=2020-01-01&to=2020-01-02",
        "/staff/insights/conversations?period=90",
        f"/staff/insights/conversations/{history.talks[-1].id}",
    ):
        await page.goto(path)
        await page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
        found[path] = await accessibility(page)
    assert not any(found.values()), found


async def test_a_file_is_offered(page, drawing_desk, history):
    await page.goto(drawing_desk.url + period(history))
    async with page.expect_download() as waiting:
        await page.click("text=Export CSV")
    file = await waiting.value
    assert file.suggested_filename == f"xiaoer-insights-{history.first}-{history.last}.csv"
    errors_of(page).clear()
