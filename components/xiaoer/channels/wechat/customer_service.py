"""Customer-service messages: what is said after, or without, a passive reply."""

from __future__ import annotations

import time
from typing import Any

import structlog

from xiaoer.channels.errors import ChannelError
from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import ApiClient, ApiError
from xiaoer.channels.tencent.splitting import TEXT_BYTES
from xiaoer.channels.wechat.media import Media
from xiaoer.channels.wechat.parts import Card, Choices, Image, Part, Text
from xiaoer.channels.wechat.quota import Quota
from xiaoer.channels.wechat.settings import WeChatSettings

log = structlog.get_logger()

#: The window has gone, or its messages are spent.
_SPENT = frozenset({45015, 45047})
#: The account has no right to send customer-service messages.
_UNAUTHORISED = frozenset({48001, 48002, 50002})
#: There is nobody to send to: a wrong openid, or one who no longer follows.
_GONE = frozenset({40003, 43004})
_BAD_MEDIA = frozenset({40004, 40007})
#: Seconds until an account that had no right is asked again.
_ASK_AGAIN = 3600.0
_RIGHT_SEEN = 5.0
#: Bytes of a menu message's head, and its items.
_MENU_HEAD, _MENU_ITEMS = 1024, 10


class NotDelivered(ChannelError):
    """A message could not be sent; the text says why.

    Attributes:
        gone: Whether there is nobody to send to, so that trying later makes no sense.
    """

    def __init__(self, reason: str, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


class CustomerService:
    """Sends one message at a time, within the quota.

    Args:
        client: Calls the API.
        store: Where it stands whether the account has the right.
        settings: The channel's.
        quota: What may be sent.
        media: Uploads pictures.

    Source: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
    """

    def __init__(
        self,
        client: ApiClient,
        store: Store,
        settings: WeChatSettings,
        quota: Quota,
        media: Media,
    ) -> None:
        self._client = client
        self._store = store
        self._settings = settings
        self._quota = quota
        self._media = media
        self._barred = f"barred:wechat:{settings.app_id}"
        self._seen: tuple[float, bool] = (0.0, False)

    async def allowed(self) -> bool:
        """Whether this account may send customer-service messages, as far as we know."""
        if not self._settings.customer_service:
            return False
        until, allowed = self._seen
        if time.monotonic() >= until:
            allowed = await self._store.get(self._barred) is None
            self._seen = (time.monotonic() + _RIGHT_SEEN, allowed)
        return allowed

    async def send(self, sender: str, part: Part, image_text: str) -> None:
        """Send one message.

        Args:
            sender: The customer's openid.
            part: Fit for one message (see `pack`).
            image_text: What to say where a picture cannot be sent.

        Raises:
            NotDelivered: It was not sent, or nobody knows.
        """
        if not await self.allowed():
            raise NotDelivered("The account has no right to send customer-service messages.")
        if not await self._quota.spend(sender):
            raise NotDelivered(
                "The quota of customer-service messages is spent until the customer writes again."
            )
        try:
            await self._send_now(sender, part, image_text)
        except ApiError as error:
            log.warning("wechat.send.failed", code=error.code, reason=error.message)
            if error.code in _SPENT:
                await self._quota.close(sender)
            if error.code in _UNAUTHORISED:
                await self._store.set(self._barred, str(error.code), _ASK_AGAIN)
                self._seen = (0.0, False)
            reason = f"WeChat did not take the message: {error}"
            raise NotDelivered(reason, gone=error.code in _GONE) from None

    async def _send_now(self, sender: str, part: Part, image_text: str) -> None:
        if isinstance(part, Image) and part.media_id is None:
            part = Image(part.url, await self._media.media_id(part.url))
        try:
            await self._call(sender, part, image_text)
        except ApiError as error:
            if error.code not in _BAD_MEDIA or not isinstance(part, Image):
                raise
            await self._media.forget(part.url)
            await self._call(
                sender, Image(part.url, await self._media.media_id(part.url)), image_text
            )

    async def _call(self, sender: str, part: Part, image_text: str) -> None:
        body = {"touser": sender, **message_body(part, image_text)}
        await self._client.call("POST", "/cgi-bin/message/custom/send", json=body)


def message_body(part: Part, image_text: str) -> dict[str, Any]:
    """Return a customer-service message without its receiver."""
    if isinstance(part, Image) and part.media_id:
        return {"msgtype": "image", "image": {"media_id": part.media_id}}
    if isinstance(part, Card):
        article = {"title": part.title, "description": part.description}
        article.update(url=part.url, picurl=part.image)
        return {"msgtype": "news", "news": {"articles": [article]}}
    if isinstance(part, Choices) and fits_menu(part):
        items = [
            {"id": f"{part.group}-{number}", "content": title}
            for number, title in enumerate(part.titles, part.first)
        ]
        menu = {"head_content": part.text, "list": items, "tail_content": ""}
        return {"msgtype": "msgmenu", "msgmenu": menu}
    if isinstance(part, Image):
        text = image_text
    else:
        text = part.text if isinstance(part, Text) else part.as_text()
    return {"msgtype": "text", "text": {"content": text}}


def fits_menu(choices: Choices) -> bool:
    """Whether the choices can be one menu message."""
    head = len(choices.text.encode())
    titles = sum(len(title.encode()) for title in choices.titles)
    fits = head <= _MENU_HEAD and head + titles <= TEXT_BYTES
    return fits and len(choices.titles) <= _MENU_ITEMS
