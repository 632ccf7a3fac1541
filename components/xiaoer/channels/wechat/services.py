"""The channel's parts, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from xiaoer.channels.storage import Inbox
from xiaoer.channels.tencent import ApiClient, ReplayGuard
from xiaoer.channels.wechat.answering import Answering
from xiaoer.channels.wechat.api_token import access_token
from xiaoer.channels.wechat.choices import Button, ChoiceBook
from xiaoer.channels.wechat.claims import Claims
from xiaoer.channels.wechat.customer_service import CustomerService
from xiaoer.channels.wechat.delivery import Delivery
from xiaoer.channels.wechat.kept_answers import KeptAnswers
from xiaoer.channels.wechat.media import Media
from xiaoer.channels.wechat.outbox import Outbox
from xiaoer.channels.wechat.parts import Image, Part, pack
from xiaoer.channels.wechat.quota import Quota
from xiaoer.channels.wechat.reception import Reception
from xiaoer.channels.wechat.settings import WeChatSettings
from xiaoer.channels.wechat.tasks import BackgroundTasks

_NAME = "wechat"
#: Seconds for which a message is known; its repeats come within some fifteen.
_KNOWN = 86400.0


class Services:
    """What the channel works with, over one store.

    Args:
        settings: The channel's.
    """

    def __init__(self, settings: WeChatSettings) -> None:
        self._settings = settings
        self.texts = settings.own_texts()
        self.tasks = BackgroundTasks()
        self._store = settings.open_store()
        self.guard = ReplayGuard(self._store, _NAME)
        self._plain = ApiClient(settings.api_base, None, settings.api_timeout)
        token = access_token(settings, self._store, self._plain)
        self._client = ApiClient(settings.api_base, token, settings.api_timeout)
        self._media = Media(self._client, self._store, settings.api_timeout)
        self._quota = Quota(self._store, settings)
        self._service = CustomerService(
            self._client, self._store, settings, self._quota, self._media
        )
        self._choices = ChoiceBook(self._store, _NAME, settings.choices_seconds)
        self._kept = KeptAnswers(self._store, settings.waiting_seconds)

    def reception(
        self,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        knows_intent: Callable[[str], bool],
    ) -> Reception:
        """Return the front desk before this Rasa."""
        lease = self._settings.lease_seconds
        inbox = Inbox(self._store, _NAME, _KNOWN, lease)
        outbox = Outbox(self._store, self._service, self._kept, self.texts, lease)
        answering = Answering(
            on_new_message,
            knows_intent,
            self._choices,
            self._kept,
            self._service,
            self._media,
            self._quota,
            self.texts,
        )
        claims = Claims(self._store)
        delivery = Delivery(
            claims,
            inbox,
            outbox,
            self._kept,
            self._service,
            self._quota,
            self._settings,
            self.texts,
        )
        return Reception(
            self._store,
            inbox,
            claims,
            self._settings,
            self.texts,
            answering,
            delivery,
            outbox,
            self._kept,
            self._service,
            self.tasks,
        )

    async def push(self, sender: str, parts: list[Part], group: str, buttons: list[Button]) -> None:
        """Send parts to a customer who has not just written.

        Raises:
            NotDelivered: WeChat did not take one of them.
        """
        if buttons:
            await self._choices.remember(sender, group, buttons)
        for part in pack(parts, self._settings.choices == "menu"):
            url = part.url if isinstance(part, Image) else ""
            text = self.texts.get("image", self._settings.language, url=url)
            await self._service.send(sender, part, text)

    async def close(self) -> None:
        """Close all connections."""
        await self._media.close()
        await self._client.close()
        await self._plain.close()
        await self._store.close()
