"""The pages in a browser: live, by keyboard, on a phone, in both languages, for everybody."""

import asyncio
import re
import time

import pytest
from playwright.async_api import expect

from tests.browser import accessibility, errors_of
from tests.waiting import eventually

HISTORY = [
    {"author": "customer" if number % 2 else "bot", "text": f"line {number}\n" * 3,
     "at": "2026-11-26T08:00:00Z"}
    for number in range(30)
]  # fmt: skip


async def in_thread(work, *arguments, **options):
    """HTTP of a customer, while the browser goes on."""
    return await asyncio.to_thread(work, *arguments, **options)


async def scroll(page, to=None):
    """Where the talk stands, from its end; moved first if asked."""
    return await page.evaluate(
        """to => {
            const it = document.getElementById('entries');
            if (to !== null) it.scrollTop = to;
            return it.scrollHeight - it.scrollTop - it.clientHeight;
        }""",
        to,
    )


async def test_a_customers_words_appear_within_a_second(live_desk, desktop):
    talk = live_desk.talk(transcript=HISTORY)
    page = await live_desk.log_in(desktop, "ann", talk.path)
    await page.click("text=Take this conversation")
    await page.wait_for_selector("#reply")
    assert await scroll(page) < 5
    delays = []
    for number in range(5):
        begin = time.monotonic()
        await in_thread(talk.say, f"news {number}")
        await page.wait_for_selector(f"text=news {number}")
        delays.append(time.monotonic() - begin)
        assert await scroll(page) < 5
    assert sorted(delays)[2] < 1, delays

    # Who reads further up is left there, and told.
    await scroll(page, 0)
    before = await scroll(page)
    await in_thread(talk.say, "further down")
    await page.wait_for_selector("text=further down", state="attached")
    assert await page.evaluate("document.getElementById('entries').scrollTop") == 0
    assert await scroll(page) > before
    await page.click("#newer")
    assert await scroll(page) < 5
    await expect(page.locator(".entry.customer")).to_have_count(15 + 6)


async def test_reply_by_enter_with_new_lines_and_a_draft_that_stays(live_desk, desktop):
    talk = live_desk.talk()
    page = await live_desk.log_in(desktop, "ann", talk.path)
    await page.click("text=Take this conversation")
    await page.wait_for_selector("#reply:focus")
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.reload()
    assert await page.input_value("#reply") == "first line\nsecond line"
    await page.focus("#reply")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".entry.staff .bubble")
    assert await page.inner_text(".entry.staff .bubble") == "first line\nsecond line"
    assert await page.input_value("#reply") == ""
    await page.wait_for_selector(".delivery.sent")
    assert live_desk.outbound.texts(talk.sender) == ["first line\nsecond line"]
    # Quickly one after the other: each is said, once, in order.
    for number in range(3):
        await page.keyboard.type(f"quick {number}")
        await page.keyboard.press("Enter")
    await page.wait_for_selector("text=quick 2")
    said = await page.locator(".entry.staff .bubble").all_inner_texts()
    assert said[1:] == ["quick 0", "quick 1", "quick 2"]
    await page.reload()
    assert await page.input_value("#reply") == ""


async def test_what_could_not_be_sent_comes_back(live_desk, desktop):
    talk = live_desk.talk()
    page = await live_desk.log_in(desktop, "ann", talk.path)
    await page.click("text=Take this conversation")
    await page.wait_for_selector("#reply:focus")
    # The server gets it, the answer is lost.
    await page.route("**/reply", lost)
    await page.keyboard.type("only once")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#notice:has-text('Connection lost')")
    assert await page.input_value("#reply") == "only once"
    await page.unroute("**/reply")
    await page.keyboard.press("Enter")
    await page.wait_for_function("() => document.getElementById('notice').textContent === ''")
    await page.wait_for_selector(".entry.staff")
    await page.wait_for_selector(".delivery.sent")
    await page.reload()
    assert await page.locator(".entry.staff .bubble").all_inner_texts() == ["only once"]
    assert live_desk.outbound.texts(talk.sender) == ["only once"]
    errors_of(desktop).clear()


async def lost(route):
    await route.fetch()
    await route.abort()


async def test_an_input_method_keeps_its_enter(live_desk, desktop):
    talk = live_desk.talk(language="zh")
    page = await live_desk.log_in(desktop, "ann", talk.path)
    await page.click("text=Take this conversation")
    await page.wait_for_selector("#reply:focus")
    await page.keyboard.type("nihao")
    await page.evaluate(
        """document.getElementById('reply').dispatchEvent(new KeyboardEvent(
            'keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"""
    )
    await asyncio.sleep(0.5)
    assert await page.input_value("#reply") == "nihao"
    assert await page.locator(".entry.staff").count() == 0


async def test_from_one_colleague_to_the_other_and_to_the_end(live_desk, desktop, browser):
    talk = live_desk.talk(summary="wants a refund")
    ann = await live_desk.log_in(desktop, "ann", talk.path)
    bo = await live_desk.open(browser, "bo", talk.path)
    await ann.click("text=Take this conversation")
    await ann.wait_for_selector("#reply")
    await bo.wait_for_selector("text=Ann has this conversation")

    await ann.click("summary:has-text('Transfer')")
    await ann.select_option("select[name=to]", label=await option(ann, "Bo"))
    await ann.fill("#actions textarea >> visible=true", "knows refunds")
    await ann.click("#actions form button >> visible=true")
    await bo.wait_for_selector("#reply")
    await bo.wait_for_selector(".entry.note:has-text('knows refunds')")
    await ann.wait_for_selector("text=Bo has this conversation")
    # The queue is fetched anew beside the talk: it may come after it.
    await expect(bo.locator("#card-" + talk.reference)).to_have_count(1)

    await bo.click("summary:has-text('End conversation')")
    await bo.fill("#actions textarea >> visible=true", "Money comes back")
    await bo.click("#actions form button >> visible=true")
    await bo.wait_for_selector("text=This conversation has ended.")
    intents = await in_thread(
        eventually, lambda: dict(live_desk.outbound.intents(talk.sender)).get("handoff_ended")
    )
    assert intents["agreed"] == "Money comes back"
    # Somebody else's ended conversation is nothing for Ann to read.
    await ann.wait_for_selector("#notice:has-text('A colleague has ended this conversation.')")
    errors_of(desktop)[:] = [one for one in errors_of(desktop) if "404" not in one]


async def option(page, name):
    labels = await page.locator("select[name=to] option").all_inner_texts()
    return next(label for label in labels if label.startswith(name))


async def test_two_take_the_same_and_one_is_told(live_desk, desktop, browser):
    talk = live_desk.talk()
    ann = await live_desk.log_in(desktop, "ann", talk.path)
    # Bo's page hears nothing for a while.
    bo = await live_desk.open(browser, "bo")
    await bo.route("**/staff/events", lambda route: route.abort())
    await bo.goto(f"{live_desk.url}{talk.path}")
    await ann.click("text=Take this conversation")
    await ann.wait_for_selector("#reply")
    await bo.click("text=Take this conversation")
    await bo.wait_for_selector("#notice:has-text('A colleague has this conversation.')")
    await bo.click("[data-dismiss]")
    assert await bo.inner_text("#notice") == ""
    await expect(bo.locator("[data-live].off")).to_have_count(1)


async def test_the_queue_is_live_and_news_stand_in_the_title(live_desk, desktop):
    page = await live_desk.log_in(desktop, "ann")
    await page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away ?? false})"
    )
    await page.evaluate("window.away = true")
    talk = await in_thread(live_desk.talk, priority=True, summary="just come")
    await page.wait_for_selector(f"#card-{talk.reference}")
    await expect(page).to_have_title(re.compile(r"^\(1\) "))
    # Turns are told apart by the second.
    await asyncio.sleep(1.1)
    await in_thread(talk.say, "and again")
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
    await page.evaluate(
        "window.away = false; document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert not (await page.title()).startswith("(")
    await page.click("[data-sound]")
    assert await page.get_attribute("[data-sound]", "aria-pressed") == "false"


async def test_everything_by_keyboard(live_desk, desktop):
    talk = live_desk.talk(priority=True, summary="by keyboard")
    page = desktop
    await page.goto(f"{live_desk.url}/staff/")
    await page.wait_for_selector("[name=username]:focus")
    await page.keyboard.type("ann")
    await page.keyboard.press("Tab")
    await page.keyboard.type("a horse and a battery")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#queue")

    await page.keyboard.press("Tab")
    assert await focused(page) == "To the content"
    await page.keyboard.press("Enter")
    await tab_to(page, "a.ticket")
    first = await focused(page)
    await page.keyboard.press("ArrowDown")
    assert await focused(page) != first
    await page.keyboard.press("ArrowUp")
    while f"card-{talk.reference}" != await page.evaluate("document.activeElement.id"):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{talk.path}")
    await tab_to(page, "#composer button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#reply:focus")
    await page.keyboard.type("by keyboard alone")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".entry.staff")
    await tab_to(page, "#actions details:last-of-type summary")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("agreed by keyboard")
    await page.keyboard.press("Escape")
    assert await page.locator("#actions details[open]").count() == 0
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=This conversation has ended.")


async def focused(page):
    return await page.evaluate("document.activeElement.innerText")


async def tab_to(page, selector):
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("which => document.activeElement.matches(which)", selector):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert await page.evaluate(outline) != "none", "focus cannot be seen"
            return
    raise AssertionError(f"Tab does not come to {selector}")


async def test_on_a_phone_in_chinese(live_desk, phone):
    talk = live_desk.talk(language="zh", priority=True, summary="杯盖裂了", transcript=HISTORY)
    page = await live_desk.log_in(phone, "mei")
    await page.tap(f"#card-{talk.reference}")
    await page.wait_for_url(f"**{talk.path}")
    await page.tap("text=接待该会话")
    await page.wait_for_selector("#reply")
    await page.tap(".quick a >> nth=1")
    assert await page.input_value("#reply") == "好的，请稍等，我帮您查一下。"
    await page.tap("text=发送")
    await page.wait_for_selector(".entry.staff")
    await in_thread(talk.say, "谢谢")
    await page.wait_for_selector(".entry.customer:has-text('谢谢')")
    assert await scroll(page) < 5
    for path in ("", "me", talk.path.removeprefix("/staff/")):
        await page.goto(f"{live_desk.url}/staff/{path}")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0, f"/staff/{path} is wider than the screen"
    small = """[...document.querySelectorAll('button, a.button, a.ticket, summary')]
        .filter(it => it.checkVisibility() && it.getBoundingClientRect().height < 24)
        .map(it => it.outerHTML)"""
    assert await page.evaluate(small) == []
    await page.tap(".back")
    await page.wait_for_selector(f"#card-{talk.reference}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("username", ["sue", "mei"])
async def test_no_barrier_that_axe_finds(live_desk, browser, username, scheme):
    talk = await in_thread(
        live_desk.talk, priority=True, transcript=HISTORY[:4], slots={"order_number": "XD1"}
    )
    staff = await in_thread(live_desk.staff, username)
    await in_thread(staff.post, f"{talk.path}/take")
    await in_thread(staff.post, f"{talk.path}/reply", text="hello", key="k")
    await in_thread(staff.post, f"{talk.path}/note", text="note", key="n")
    paths = ["/staff/", talk.path, "/staff/me", "/staff/nothing"]
    paths += ["/staff/team", "/staff/team/1"] if username == "sue" else []
    page = await live_desk.open(browser, username, color_scheme=scheme)
    found = {}
    for path in paths:
        await page.goto(path)
        await page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
        found[path] = await accessibility(page)
    await page.context.clear_cookies()
    await page.goto("/staff/login")
    found["login"] = await accessibility(page)
    assert not any(found.values()), found
