"""What Rasa says, taken as parts: kept for a reply, or sent at once."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from rasa.core.channels.channel import OutputChannel

from xiaoer.channels.wechat.choices import Button
from xiaoer.channels.wechat.parts import Card, Choices, Image, Part, Text
from xiaoer.channels.wechat.texts import Texts

_NAME = "wechat"


class _PartsOutput(OutputChannel):
    """Turns each kind of Rasa's responses into parts.

    Args:
        texts: The channel's own texts.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.group = uuid.uuid4().hex[:12]
        self.buttons: list[Button] = []

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which responses of the domain may be made for."""
        return _NAME

    async def say(self, sender: str, parts: list[Part]) -> None:
        """Take the parts of one response."""
        raise NotImplementedError

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Say a text."""
        if text.strip():
            await self.say(recipient_id, [Text(text.strip())])

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Show a picture."""
        await self.say(recipient_id, [Image(image)])

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        """Give an attachment's address."""
        await self.say(recipient_id, [Text(str(attachment))])

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Say a text and give choices."""
        await self.say(recipient_id, self._choices(text, buttons))

    async def send_elements(
        self, recipient_id: str, elements: Iterable[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Show product cards: one as a card, several as a list, for a message holds one card."""
        cards = list(elements)
        buttons = [
            {**button, "title": _of(button.get("title"), card.get("title"), len(cards))}
            for card in cards
            for button in card.get("buttons") or ()
        ]
        if len(cards) == 1:
            parts: list[Part] = [_card(cards[0])]
        else:
            parts = [Text("\n".join(_lines(_card(card)))) for card in cards]
        if any(button.get("payload") for button in buttons):
            parts += self._choices("", buttons)
        await self.say(recipient_id, parts)

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """Say the text of a custom message; what is meant for other channels is not shown."""
        text = json_message.get("text") if isinstance(json_message, dict) else None
        if isinstance(text, str):
            await self.send_text_message(recipient_id, text)

    def _choices(self, text: str, buttons: list[dict[str, Any]]) -> list[Part]:
        """Return the text with its choices; buttons that open a page become links."""
        links = [
            f"{button.get('title', '')} {button['url']}".strip()
            for button in buttons
            if button.get("url") and not button.get("payload")
        ]
        picked = [
            (str(button["title"]), str(button.get("payload") or button["title"]))
            for button in buttons
            if button.get("title") and not (button.get("url") and not button.get("payload"))
        ]
        said = "\n".join(line for line in (text.strip(), *links) if line)
        if not picked:
            return [Text(said)] if said else []
        first = len(self.buttons) + 1
        self.buttons += picked
        titles = tuple(title for title, _ in picked)
        language = self._texts.language_of(" ".join((said, *titles)))
        hint = self._texts.get("choose", language)
        return [Choices(said, titles, first, self.group, hint)]


class CollectedOutput(_PartsOutput):
    """Keeps the parts, in order."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts)
        self.parts: list[Part] = []

    async def say(self, sender: str, parts: list[Part]) -> None:
        """Keep the parts."""
        self.parts += parts


class PushedOutput(_PartsOutput):
    """Sends each response at once by customer-service messages.

    Args:
        texts: The channel's own texts.
        push: Sends parts to a customer, remembers the buttons (given with their group), and
            raises `NotDelivered` when it could not.
    """

    def __init__(
        self, texts: Texts, push: Callable[[str, list[Part], str, list[Button]], Awaitable[None]]
    ) -> None:
        super().__init__(texts)
        self._push = push

    async def say(self, sender: str, parts: list[Part]) -> None:
        """Send the parts."""
        buttons, self.buttons = self.buttons, []
        await self._push(sender, parts, self.group, buttons)


def _card(element: dict[str, Any]) -> Card:
    action = element.get("default_action")
    address = element.get("item_url") or element.get("url")
    if not address and isinstance(action, dict):
        address = action.get("url")
    values = (element.get("title"), element.get("subtitle"), address, element.get("image_url"))
    return Card(*(str(value or "") for value in values))


def _lines(card: Card) -> list[str]:
    return [line for line in (card.title, card.description, card.url) if line]


def _of(title: Any, card: Any, cards: int) -> str:
    """Return a button's title, which among several cards says whose it is."""
    return f"{title or ''} · {card}".strip(" ·") if cards > 1 and card else str(title or "")
