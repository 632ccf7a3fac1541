"""What Rasa says, before it takes a platform's form."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import OutputChannel


@dataclass(frozen=True)
class Bubble:
    """One thing that the bot says; one of the fields, and buttons with a text.

    Attributes:
        text: Words.
        buttons: `title` with `payload`, or with `url`.
        image: The address of a picture.
        cards: Rasa's elements: `title`, `subtitle`, `image_url`, `item_url`, `buttons`.
        custom: A custom payload.
    """

    text: str = ""
    buttons: tuple[dict[str, Any], ...] = ()
    image: str = ""
    cards: tuple[dict[str, Any], ...] = ()
    custom: dict[str, Any] | None = None


class BubbleOutput(OutputChannel):
    """Turns Rasa's calls into bubbles.

    Args:
        channel: The name by which responses choose their variations.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def name(self) -> str:
        """Return the channel's name."""
        return self._channel

    @abstractmethod
    async def say(self, recipient_id: str, bubble: Bubble) -> None:
        """Take a bubble."""

    async def send_text_message(self, recipient_id: str, text: str, **_: Any) -> None:
        """Say words."""
        await self.say(recipient_id, Bubble(text=text))

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **_: Any
    ) -> None:
        """Say words with buttons."""
        await self.say(recipient_id, Bubble(text=text or "", buttons=tuple(map(_button, buttons))))

    async def send_image_url(self, recipient_id: str, image: str, **_: Any) -> None:
        """Show a picture."""
        await self.say(recipient_id, Bubble(image=image))

    async def send_attachment(self, recipient_id: str, attachment: str, **_: Any) -> None:
        """Say an attachment's address."""
        await self.say(recipient_id, Bubble(text=str(attachment)))

    async def send_elements(
        self, recipient_id: str, elements: Iterable[dict[str, Any]], **_: Any
    ) -> None:
        """Show cards."""
        await self.say(recipient_id, Bubble(cards=tuple(elements)))

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **_: Any
    ) -> None:
        """Take a custom payload."""
        await self.say(recipient_id, Bubble(custom=json_message))


class TurnOutput(BubbleOutput):
    """Collects what the bot says in one turn."""

    def __init__(self, channel: str) -> None:
        super().__init__(channel)
        self.bubbles: list[Bubble] = []

    async def say(self, recipient_id: str, bubble: Bubble) -> None:
        """Keep a bubble."""
        self.bubbles.append(bubble)


def card_url(card: dict[str, Any]) -> str:
    """Return where a card leads: its own address or that of its first button with one."""
    links = [card.get("default_action") or {}, *(card.get("buttons") or [])]
    urls = [card.get("item_url"), *(link.get("url") for link in links)]
    return str(next(filter(None, urls), ""))


def card_buttons(cards: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cards' buttons that say something; with several cards each names its own."""
    listed = list(cards)
    found = []
    for card in listed:
        for button in map(_button, card.get("buttons") or []):
            if "payload" in button:
                title = button["title"]
                named = f"{card.get('title', '')} · {title}" if len(listed) > 1 else title
                found.append({**button, "title": named})
    return found


def words_of(text: str, buttons: Iterable[dict[str, Any]]) -> str:
    """Return the words by which a language is told: a text's, or those of its buttons."""
    return text or " ".join(button["title"] for button in buttons)


def _button(button: dict[str, Any]) -> dict[str, Any]:
    title = str(button.get("title") or "")
    if button.get("url"):
        return {"title": title, "url": str(button["url"])}
    return {"title": title, "payload": str(button.get("payload") or title)}
