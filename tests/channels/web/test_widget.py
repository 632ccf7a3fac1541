"""The widget in a browser, on a page of another origin, against a running Rasa."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.channels.rasa_project import calls
from tests.channels.web.conftest import Shop
from tests.channels.web.widget_page import Widget


async def test_a_conversation_in_english_on_a_desk(desktop: Page, site: str) -> None:
    widget = await (await Widget(desktop).visit(site)).open()

    await widget.say("where is my parcel")
    await widget.hears("echo: where is my parcel")
    await widget.say("image https://shop.example/a.png")

    await expect(widget.log.get_by_role("img", name="Image")).to_be_visible()
    await expect(widget.log.locator(".customer .mark")).to_have_text(["", ""])


async def test_a_conversation_in_chinese_on_a_phone(phone: Page, site: str) -> None:
    widget = await (await Widget(phone, "zh").visit(site)).open()

    await widget.hears("您好！请问有什么可以帮您？")
    await widget.say("你好")
    await widget.hears("你好,我是店小二。Hello!")

    box = await widget.panel.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    # The page behind does not scroll, and its text field does not zoom.
    assert await phone.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    assert await widget.field.evaluate("field => getComputedStyle(field).fontSize") == "16px"
    await phone.set_viewport_size({"width": 390, "height": 500})  # a keyboard comes up
    await expect(widget.field).to_be_in_viewport(ratio=1)
    await widget.button("close").tap()
    await expect(widget.panel).to_be_hidden()
    assert await phone.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


async def test_a_quick_reply_is_pressed_once(desktop: Page, site: str, shop: Shop) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.say("buttons")

    await widget.choice("查订单").click()

    await widget.hears("intent: order_status {}")
    await expect(widget.log.locator(".customer .bubble").last).to_have_text(re.compile("查订单$"))
    await expect(widget.choice("查订单")).to_be_disabled()
    await expect(widget.choice("查订单")).to_have_attribute("aria-pressed", "true")
    await expect(widget.choice("打招呼")).to_be_disabled()
    await expect(widget.choice("打招呼")).to_have_attribute("aria-pressed", "false")
    await expect(widget.field).to_be_focused()
    # What is typed is no command.
    await widget.say("/restart")
    await widget.hears("echo: restart")


async def test_products_are_cards(desktop: Page, site: str) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.say("cards")

    card = widget.log.get_by_role("listitem").filter(has_text="扫地机器人 R2")
    await expect(card.get_by_text("¥1999 · 现货")).to_be_visible()
    await expect(card.get_by_role("link")).to_have_attribute("href", "https://shop.example/r2")
    assert (
        await card.locator("img").evaluate("image => image.complete && image.naturalWidth") == 300
    )
    await card.get_by_role("button").click()

    await widget.hears('intent: order_status {"reference": "r2"}')
    await expect(card.get_by_role("button")).to_be_disabled()
    other = widget.log.get_by_role("listitem").filter(has_text="无线耳机 A1")
    await expect(other.get_by_role("button")).to_be_enabled()


async def test_the_assistant_is_seen_writing(desktop: Page, site: str) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    dots = widget.log.locator(".typing")
    await expect(dots).to_be_hidden()

    await widget.say("slow 1")
    await expect(dots).to_be_visible()
    await widget.hears("echo: slow 1")
    await expect(dots).to_be_hidden()
    await widget.say("silent")
    await expect(widget.log.locator(".customer")).to_have_count(2)

    await expect(dots).to_be_hidden()


async def test_a_reload_resumes(desktop: Page, site: str, shop: Shop) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.say("buttons")
    await widget.choice("查订单").click()
    await widget.hears("intent: order_status {}")
    session = await widget.session()

    await desktop.reload()

    await expect(widget.panel).to_be_visible()
    await expect(widget.choice("查订单")).to_have_attribute("aria-pressed", "true")
    await widget.say("still here")
    await widget.hears("echo: still here")
    assert await widget.session() == session
    mine = [call["text"] for call in calls(shop.actions.url) if call["sender"] == session]
    assert mine == ["buttons", "/order_status", "still here"]


async def test_words_of_a_person_wait_for_a_closed_page(
    desktop: Page, site: str, shop: Shop
) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.say("hello")
    await widget.hears("你好,我是店小二。Hello!")
    await widget.button("close").click()
    session = await widget.session()
    context = desktop.context
    await desktop.goto("about:blank")

    await shop.push(session, "See https://shop.example/help.", staff="Anna")
    await shop.push(session, "Anything else?", staff="Anna")

    back = await Widget(await context.new_page()).visit(site)
    await expect(back.launcher).to_have_accessible_name("Open the chat, 2 new")
    await expect(back.launcher).to_have_text("2")
    await back.launcher.click()
    entry = back.log.locator(".staff").first
    await expect(entry.locator("small")).to_have_text("Anna · our staff")
    link = entry.get_by_role("link")
    await expect(link).to_have_attribute("href", "https://shop.example/help")
    await expect(back.launcher).to_have_text("")
    await back.page.reload()
    await expect(back.log.locator(".staff")).to_have_count(2)


async def test_all_goes_by_keyboard(desktop: Page, site: str) -> None:
    widget = await Widget(desktop).visit(site)
    keys = desktop.keyboard
    await desktop.get_by_role("link", name="Offers").focus()

    await keys.press("Tab")
    await keys.press("Enter")
    await expect(widget.field).to_be_focused()
    await keys.type("buttons")
    await keys.press("Shift+Enter")
    await keys.type("please")
    await expect(widget.field).to_have_value("buttons\nplease")
    await keys.press("Enter")
    await expect(widget.choice("打招呼")).to_be_visible()
    # From the field backwards past the buttons; the last one is nearest.
    await keys.press("Shift+Tab")
    await expect(widget.choice("打招呼")).to_be_focused()
    await keys.press("Enter")
    await widget.hears("你好,我是店小二。Hello!")
    await expect(widget.field).to_be_focused()
    # Tab stays inside: after the last comes the first.
    await keys.press("Tab")
    await keys.press("Tab")
    await expect(widget.button("restart")).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(desktop.get_by_role("button", name="Send")).to_be_focused()
    await keys.press("Escape")
    await expect(widget.panel).to_be_hidden()
    await expect(widget.launcher).to_be_focused()


async def test_enter_that_chooses_a_word_sends_nothing(desktop: Page, site: str) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.field.fill("nihao")

    for composing in ({"isComposing": True}, {"keyCode": 229}):
        await widget.field.dispatch_event("keydown", {"key": "Enter", **composing})

    await expect(widget.field).to_have_value("nihao")
    await widget.field.dispatch_event("keydown", {"key": "Enter"})
    await expect(widget.field).to_have_value("")


async def test_markup_stays_text(desktop: Page, site: str) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    markup = "<img src=x onerror=alert(1)><b>bold</b> javascript:alert(1)"

    await widget.say(markup)

    said = await widget.hears(f"echo: {markup}")
    assert await said.evaluate("bubble => bubble.querySelectorAll('img, b, a').length") == 0


async def test_a_new_conversation_forgets_the_old_one(desktop: Page, site: str) -> None:
    widget = await (await Widget(desktop).visit(site)).open()
    await widget.say("hello")
    await widget.hears("你好,我是店小二。Hello!")
    session = await widget.session()

    await widget.button("restart").click()
    await widget.button("no").click()
    await widget.hears("你好,我是店小二。Hello!")
    await widget.button("restart").click()
    await widget.button("yes").click()

    await expect(widget.log.locator(".customer")).to_have_count(0)
    await widget.hears("Hello! What can I do for you?")
    await widget.say("who am I")
    await widget.hears("echo: who am I")
    assert await widget.session() != session
