"""Customer-service messages on their way: noted first, so that a crash loses none."""

from __future__ import annotations

import json
from dataclasses import dataclass

import structlog

from xiaoer.channels.storage import Inbox, Store
from xiaoer.channels.wechat.customer_service import CustomerService, NotDelivered
from xiaoer.channels.wechat.kept_answers import KeptAnswers
from xiaoer.channels.wechat.parts import Image, Part, from_json, to_json
from xiaoer.channels.wechat.texts import Language, Texts

log = structlog.get_logger()

#: Seconds for which a message that was sent is known.
_KNOWN = 86400.0


@dataclass(frozen=True)
class Posted:
    """One message that has been noted and is to be sent."""

    key: str
    sender: str
    language: Language
    part: Part


class Outbox:
    """Sends messages once; what cannot be sent is kept for the customer's next message.

    Args:
        store: Where messages are noted.
        service: Sends one.
        kept: Where the rest goes.
        texts: The channel's own texts.
        lease_seconds: After how many quiet seconds of its worker a message is sent by another.
    """

    def __init__(
        self,
        store: Store,
        service: CustomerService,
        kept: KeptAnswers,
        texts: Texts,
        lease_seconds: float,
    ) -> None:
        self._notes = Inbox(store, "wechat-outbox", _KNOWN, lease_seconds)
        self._service = service
        self._kept = kept
        self._texts = texts
        self._open: set[str] = set()

    async def post(
        self, key: str, sender: str, language: Language, messages: list[Part]
    ) -> list[Posted]:
        """Note messages, and return those that are ours to send.

        Each key and place is noted once: what another worker noted is left to it.
        """
        posted = []
        for number, part in enumerate(messages):
            name = f"{key}:{number}"
            note = json.dumps([sender, language, to_json([part])], ensure_ascii=False)
            if name in self._open or await self._notes.accept(name, note):
                self._open.add(name)
                posted.append(Posted(name, sender, language, part))
        return posted

    async def send(self, messages: list[Posted]) -> None:
        """Send one customer's messages in order."""
        for number, message in enumerate(messages):
            try:
                await self._service.send(message.sender, message.part, self._image_text(message))
            except NotDelivered as error:
                rest = messages[number:]
                log.warning("wechat.answer.kept", messages=len(rest), reason=str(error))
                if not error.gone:
                    await self._kept.keep(message.sender, [one.part for one in rest])
                for one in rest:
                    await self._finish(one)
                return
            await self._finish(message)

    async def abandoned(self) -> list[list[Posted]]:
        """Return what a crashed worker left to send, a list for each customer."""
        senders: dict[str, list[Posted]] = {}
        for key, note in await self._notes.abandoned():
            sender, language, part = json.loads(note)
            posted = Posted(key, sender, language, from_json(part)[0])
            senders.setdefault(sender, []).append(posted)
        return list(senders.values())

    async def close(self) -> None:
        """Give up what is not sent, for another worker to send."""
        await self._notes.close()

    async def _finish(self, message: Posted) -> None:
        await self._notes.finish(message.key)
        self._open.discard(message.key)

    def _image_text(self, message: Posted) -> str:
        url = message.part.url if isinstance(message.part, Image) else ""
        return self._texts.get("image", message.language, url=url)
