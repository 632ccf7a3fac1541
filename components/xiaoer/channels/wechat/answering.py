"""The answer to a message: by Rasa, with what earlier messages left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from rasa.core.channels.channel import UserMessage

from xiaoer.channels.tencent.words import as_words
from xiaoer.channels.wechat.choices import ChoiceBook, chosen
from xiaoer.channels.wechat.customer_service import CustomerService
from xiaoer.channels.wechat.exchange import Exchange
from xiaoer.channels.wechat.kept_answers import KeptAnswers
from xiaoer.channels.wechat.media import Media
from xiaoer.channels.wechat.output import CollectedOutput
from xiaoer.channels.wechat.parts import Image, Part, Text
from xiaoer.channels.wechat.quota import Quota
from xiaoer.channels.wechat.texts import Texts

log = structlog.get_logger()

#: Seconds for which another worker's answer is waited for, and between two looks.
_PATIENCE, _LOOK = 13.0, 0.3
#: Seconds for uploading the pictures of an answer before it is given.
_UPLOADING = 2.0


class Answering:
    """Makes answers.

    Args:
        on_new_message: Rasa.
        knows_intent: Whether the assistant has this intent.
        choices: The choices that customers were given.
        kept: What waits for their next message.
        service: Says whether pictures can be uploaded.
        media: Uploads them.
        quota: Opened by messages.
        texts: The channel's own texts.
    """

    def __init__(
        self,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        knows_intent: Callable[[str], bool],
        choices: ChoiceBook,
        kept: KeptAnswers,
        service: CustomerService,
        media: Media,
        quota: Quota,
        texts: Texts,
    ) -> None:
        self._on_new_message = on_new_message
        self._knows_intent = knows_intent
        self._choices = choices
        self._kept = kept
        self._service = service
        self._media = media
        self._quota = quota
        self._texts = texts

    async def answer(self, exchange: Exchange) -> list[Part]:
        """Return all that is to be said to the customer now."""
        incoming, sender = exchange.incoming, exchange.sender
        words = incoming.text
        # Asked together, they cost one turn of a busy event loop.
        kept, offered, (group, buttons), _ = await asyncio.gather(
            self._kept.take(sender, exchange.key, exchange.recovered or exchange.tried),
            self._kept.offered(sender),
            self._choices.buttons(sender),
            self._quota.open(incoming),
        )
        exchange.tried = True
        if offered is not None:
            await self._kept.withdraw(sender)
        payload = incoming.payload
        if words is not None:
            goes_on = offered is not None and self._texts.means_go_on(words)
            if goes_on and kept:
                return kept
            payload = chosen(group, buttons, words, incoming.menu_id)
            if goes_on and payload is None:
                return await self._from_elsewhere(exchange)
        if payload is None and not (words or "").strip():
            return [*kept, Text(self._texts.get("unsupported", exchange.language))]
        if words is None and not self._knows_intent(incoming.intent or ""):
            return [*kept, Text(self._texts.get("unsupported", exchange.language))]
        said = as_words(words or "") if payload is None else payload
        return kept + await self._ask(exchange, said, bool(buttons))

    async def _ask(self, exchange: Exchange, said: str, had_choices: bool) -> list[Part]:
        if exchange.said is None:
            exchange.said = await self._hear(exchange, said)
        output = exchange.said
        if exchange.incoming.kind == "unsubscribe":
            await self._quota.close(exchange.sender)
            return []
        if output.buttons:
            await self._choices.remember(exchange.sender, output.group, output.buttons)
        elif output.parts and had_choices:
            await self._choices.forget(exchange.sender)
        return await self._with_media(output.parts)

    async def _hear(self, exchange: Exchange, said: str) -> CollectedOutput:
        """Return what Rasa says to the message."""
        metadata = exchange.incoming.metadata
        output = CollectedOutput(self._texts)
        message = UserMessage(
            said,
            output,
            exchange.sender,
            input_channel="wechat",
            message_id=metadata.get("message_id") or None,
            metadata=metadata,
        )
        try:
            await self._on_new_message(message)
        except Exception as error:
            log.error("wechat.message.failed", exc_info=error)
            output.parts.append(Text(self._texts.get("failed", exchange.language)))
        return output

    async def _with_media(self, parts: list[Part]) -> list[Part]:
        """Upload pictures, so that one can be the passive reply."""
        images = {part.url for part in parts if isinstance(part, Image)}
        if not images or not await self._service.allowed():
            return parts
        uploads = {url: asyncio.ensure_future(self._media.media_id(url)) for url in images}
        await asyncio.wait(uploads.values(), timeout=_UPLOADING)
        found = {}
        for url, upload in uploads.items():
            if upload.done():
                found[url] = upload.result()
            else:
                upload.cancel()
        return [
            replace(part, media_id=found.get(part.url)) if isinstance(part, Image) else part
            for part in parts
        ]

    async def _from_elsewhere(self, exchange: Exchange) -> list[Part]:
        """Return the answer that another worker is still making, as soon as it is kept."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            await asyncio.sleep(_LOOK)
            kept = await self._kept.take(exchange.sender, exchange.key, again=True)
            if kept:
                return kept
        await self._kept.offer(exchange.sender, exchange.key)
        return [Text(self._texts.get("go_on", exchange.language))]
