"""What the assistant and people say to a web page."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from rasa.core.channels.socketio import SocketIOOutput

from xiaoer.channels.web.delivery import Delivery
from xiaoer.channels.web.errors import NotDelivered

logger = logging.getLogger(__name__)


class WebOutput(SocketIOOutput):
    """Sends Rasa's messages in the form that Rasa's `socketio` gives them, with few additions.

    Each message has an `id` and a time `at` (milliseconds since 1970); the words of a person (a
    message whose metadata name `staff`) have `sender: {name}`; the elements of a carousel come in
    one message, so that the page can lay them side by side; what is custom comes as `custom`.

    Args:
        delivery: The way to the pages.
        strict: Whether a message that reached no page and could not be kept raises `NotDelivered`.
            In a turn of the assistant it would take the turn out of the tracker; there it is logged.
    """

    def __init__(self, delivery: Delivery, strict: bool = True) -> None:
        self._delivery = delivery
        self._strict = strict

    @classmethod
    def name(cls) -> str:
        """Return `web`."""
        return "web"

    async def _send_message(self, socket_id: str, response: Any) -> None:
        try:
            await self._delivery.send(socket_id, response)
        except NotDelivered as error:
            if self._strict:
                raise
            logger.warning("An answer is lost: %s", error)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send a text; a blank line begins another message."""
        for part in _parts(text):
            await self._send_message(recipient_id, {"text": part, **_sender(kwargs)})

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Send the address of an image."""
        attachment = {"type": "image", "payload": {"src": image}}
        await self._send_message(recipient_id, {"attachment": attachment, **_sender(kwargs)})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Send a text, with its buttons below the last part."""
        messages = [{"text": part, "quick_replies": [], **_sender(kwargs)} for part in _parts(text)]
        messages = messages or [{"text": "", **_sender(kwargs)}]
        messages[-1]["quick_replies"] = [
            {
                "content_type": "text",
                "title": button.get("title", ""),
                "payload": button.get("payload", button.get("title", "")),
                **({"url": button["url"]} if "url" in button else {}),
            }
            for button in buttons
        ]
        for message in messages:
            await self._send_message(recipient_id, message)

    async def send_elements(
        self, recipient_id: str, elements: Iterable[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Send cards, all in one message."""
        payload = {"template_type": "generic", "elements": list(elements)}
        attachment = {"type": "template", "payload": payload}
        await self._send_message(recipient_id, {"attachment": attachment, **_sender(kwargs)})

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """Send what is custom; as with Rasa's `socketio`, `data` is the message itself."""
        data = json_message.get("data")
        message = data if isinstance(data, dict) else {"custom": json_message}
        await self._send_message(recipient_id, {**message, **_sender(kwargs)})

    async def send_attachment(  # type: ignore[override]
        self, recipient_id: str, attachment: dict[str, Any], **kwargs: Any
    ) -> None:
        """Send an attachment as it is."""
        await self._send_message(recipient_id, {"attachment": attachment, **_sender(kwargs)})


def _parts(text: str) -> list[str]:
    return [part.strip("\n") for part in text.strip().split("\n\n") if part.strip()]


def _sender(given: dict[str, Any]) -> dict[str, Any]:
    """Return who speaks, when it is a person."""
    metadata = given.get("metadata")
    name = metadata.get("staff") if isinstance(metadata, dict) else None
    return {"sender": {"name": str(name)}} if name else {}
