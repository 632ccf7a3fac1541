"""What the assistant says, as Slack messages."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel

from xiaoer.channels.slack import blocks as kit
from xiaoer.channels.slack.incoming import Place
from xiaoer.channels.slack.places import Places
from xiaoer.channels.slack.protocol.client import SlackClient
from xiaoer.channels.slack.protocol.errors import NotDelivered
from xiaoer.channels.slack.protocol.mrkdwn import escape
from xiaoer.channels.slack.protocol.splitting import shorten, split
from xiaoer.channels.slack.texts import Texts

logger = logging.getLogger(__name__)

# More than this in `text` is broken up by Slack; beside blocks it is for notifications only.
_MAX_FALLBACK = 4_000
# Source: https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
_MAX_RESPONSES = 5


class SlackOutput(OutputChannel):
    """Sends to one place, or to where each customer is.

    A failure to deliver is raised.

    Args:
        client: Slack's Web API.
        texts: The connector's own texts.
        place: Where messages go; without one, `places` is asked.
        places: Where customers wrote last.
        fallback_channel: Where messages go of which no place is known (`slack_channel`).
        spent: How many answers the place's `response_url` has had.
        answering: Whether this is for the answers of a turn: there a failure is logged, for Rasa
            would forget the whole turn over it.
    """

    def __init__(
        self,
        client: SlackClient,
        texts: Texts,
        place: Place | None = None,
        places: Places | None = None,
        fallback_channel: str | None = None,
        spent: int = 0,
        answering: bool = False,
    ) -> None:
        self._client = client
        self._texts = texts
        self._place = place
        self._places = places
        self._fallback_channel = fallback_channel
        self._spent = spent
        self._answering = answering

    @classmethod
    def name(cls) -> str:
        """Return `slack`, by which responses for this channel are chosen."""
        return "slack"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send text; after a blank line a new message begins, as on Rasa's other channels."""
        for paragraph in (text or "").split("\n\n"):
            for part in split(escape(paragraph), kit.MAX_MESSAGE):
                await self._send(recipient_id, _message(part))

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Send text with buttons; more than five become a menu."""
        *before, last = split(escape(text or ""), kit.MAX_MESSAGE) or [""]
        for part in before:
            await self._send(recipient_id, _message(part))
        controls = kit.choices(buttons, "choice-", self._placeholder(text))
        if not controls:
            if last:
                await self._send(recipient_id, _message(last))
            return
        titles = " / ".join(str(button.get("title") or "") for button in buttons)
        fallback = shorten(last or escape(titles), _MAX_FALLBACK)
        blocks = [*kit.sections(last), *controls]
        await self._send(recipient_id, {"text": fallback, "blocks": blocks})

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Send a picture; an address that Slack would not fetch is sent as text."""
        if not kit.web_address(image):
            await self.send_text_message(recipient_id, image)
            return
        shown = kit.image(image, image)
        await self._send(recipient_id, {"text": escape(image), "blocks": [shown]})

    async def send_elements(
        self, recipient_id: str, elements: Iterable[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Send product cards: a section with the picture beside it, buttons below."""
        shown = list(elements)
        titles = " ".join(str(each.get("title") or "") for each in shown)
        for fallback, blocks in kit.cards(shown, self._placeholder(titles)):
            message = {"text": shorten(fallback, _MAX_FALLBACK), "blocks": blocks}
            await self._send(recipient_id, message)

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        """Send one of Slack's attachments, or several; anything else is sent as text."""
        if isinstance(attachment, Mapping):
            attachment = [attachment]
        if not isinstance(attachment, list):
            await self.send_text_message(recipient_id, str(attachment))
            return
        fallbacks = [each.get("fallback") for each in attachment if isinstance(each, Mapping)]
        fallback = next((str(each) for each in fallbacks if each), "")
        await self._send(recipient_id, {"text": fallback, "attachments": attachment})

    async def send_custom_json(self, recipient_id: str, json_message: Any, **kwargs: Any) -> None:
        """Send the arguments of `chat.postMessage` as they are, or a list of blocks."""
        given = {"blocks": json_message} if isinstance(json_message, list) else json_message
        if not isinstance(given, Mapping) or not {"text", "blocks", "attachments"} & set(given):
            logger.warning(
                "Slack: a custom response is left out: it has none of text, blocks, attachments."
            )
            return
        await self._send(recipient_id, dict(given))

    def _placeholder(self, text: str | None) -> Any:
        language = self._texts.language_of(text or "")

        def say(**span: int) -> str:
            return self._texts.say("choose_range" if span else "choose", language, **span)

        return say

    async def _send(self, recipient_id: str, message: dict[str, Any]) -> None:
        try:
            await self._deliver(recipient_id, message)
        except NotDelivered as error:
            if not self._answering:
                raise
            logger.error("An answer on Slack was lost: %s", error)

    async def _deliver(self, recipient_id: str, message: dict[str, Any]) -> None:
        place = await self._find(recipient_id)
        elsewhere = "channel" in message
        if place.response_url and not elsewhere and self._spent < _MAX_RESPONSES:
            self._spent += 1
            unseen = {"response_type": "ephemeral", "replace_original": False}
            try:
                await self._client.respond(place.response_url, **{**unseen, **message})
            except NotDelivered as error:
                logger.info("%s It goes to the customer's direct messages.", error)
                self._spent = _MAX_RESPONSES
            else:
                return
        channel = place.user if place.response_url else place.channel
        target: dict[str, Any] = {"channel": channel}
        if place.thread and not place.response_url and not elsewhere:
            target["thread_ts"] = place.thread
        await self._client.call("chat_postMessage", **{**target, **message})

    async def _find(self, recipient_id: str) -> Place:
        place = self._place
        if place is None and self._places is not None:
            place = await self._places.of(recipient_id)
        if place is None and self._fallback_channel:
            place = Place(self._fallback_channel)
        if place is None:
            raise NotDelivered(
                "unknown_recipient",
                "The recipient must be the conversation's id, or slack_channel must be set.",
            )
        return place


def _message(text: str) -> dict[str, Any]:
    """Return a message of escaped text; a long one is laid out in sections."""
    if len(text) <= kit.MAX_SECTION:
        return {"text": text}
    return {"text": shorten(text, _MAX_FALLBACK), "blocks": kit.sections(text)}
