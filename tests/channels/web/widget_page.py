"""A customer's hands on the widget."""

from __future__ import annotations

from playwright.async_api import Locator, Page, Route, expect

NAMES = {
    "en": {
        "open": "Open the chat",
        "close": "Close the chat",
        "restart": "New conversation",
        "yes": "Begin anew",
        "no": "Keep this one",
    },
    "zh": {
        "open": "打开对话",
        "close": "关闭对话",
        "restart": "新对话",
        "yes": "开始新对话",
        "no": "保留",
    },
}
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    '<rect width="300" height="200" fill="#9bc"/></svg>'
)


class Widget:
    """The widget on a page, found as a person finds it: by roles, names and words."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.names = NAMES[language]
        self.launcher = page.locator("xiaoer-chat .launcher")
        self.panel = page.get_by_role("dialog")
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox")
        self.status = page.locator("xiaoer-chat .banner")

    async def visit(self, url: str) -> Widget:
        """Open the shop's page; the pictures of products are there."""
        await self.page.route("https://shop.example/**", _picture)
        await self.page.goto(url)
        await expect(self.launcher).to_be_visible()
        return self

    async def open(self) -> Widget:
        """Open the chat."""
        await self.button("open").click()
        await expect(self.panel).to_be_visible()
        return self

    def button(self, name: str) -> Locator:
        """Find a button of the widget by its key."""
        names = self.page.get_by_role("button", name=self.names[name])
        return names.first if name in ("open", "close") else names

    def choice(self, name: str) -> Locator:
        """Find a button that the assistant offers."""
        return self.log.get_by_role("button", name=name)

    async def say(self, text: str) -> None:
        """Write and send."""
        await self.field.fill(text)
        await self.field.press("Enter")

    async def hears(self, text: str) -> Locator:
        """Wait for words of the assistant or of a person."""
        found = self.log.locator(".bot .bubble").get_by_text(text, exact=True)
        await expect(found.last).to_be_visible()
        return found

    async def session(self) -> str:
        """Return the session that the page remembers."""
        kept = "JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).session"
        await self.page.wait_for_function(kept)
        return str(await self.page.evaluate(kept))


async def _picture(route: Route) -> None:
    await route.fulfill(content_type="image/svg+xml", body=PICTURE)
