"""Application messages on their way."""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import ApiClient, ApiError
from xiaoer.channels.tencent.choices import Choices
from xiaoer.channels.wecom.app.composing import Composed, Composer
from xiaoer.channels.wecom.app.incoming import Press
from xiaoer.channels.wecom.delivery import NotDelivered, refused
from xiaoer.channels.wecom.output import Bubble, BubbleOutput
from xiaoer.channels.wecom.texts import Texts

logger = logging.getLogger(__name__)

_PRESS_SECONDS = 7 * 86_400.0
# For this long the platform does not repeat a message that may have been delivered already.
_REPEAT_SECONDS = 600


class Sender:
    """Sends messages to members, and knows what their buttons and numbers mean.

    Args:
        api: The API, with the app's access token.
        store: Where buttons and numbers are remembered.
        agent_id: The app's id.
        texts: The channel's own sentences.
    """

    def __init__(self, api: ApiClient, store: Store, agent_id: int, texts: Texts) -> None:
        self._api = api
        self._store = store
        self._agent_id = agent_id
        self._texts = texts
        self._choices = Choices(store, "wecom")

    async def send(self, member: str, message: dict[str, Any], again: bool = False) -> None:
        """Send one message.

        Args:
            member: The member's user id.
            message: A body of message/send without receiver and app.
            again: Whether it may have been delivered before; the platform then looks.

        Raises:
            NotDelivered: The platform did not take it.

        Source: https://developer.work.weixin.qq.com/document/path/90236
        """
        body = {"touser": member, "agentid": self._agent_id, **message}
        if again:
            check = {"enable_duplicate_check": 1, "duplicate_check_interval": _REPEAT_SECONDS}
            body = {**body, **check}
        try:
            answer = await self._api.call("POST", "/cgi-bin/message/send", body)
        except ApiError as error:
            raise refused(error) from None
        if answer.get("invaliduser") or answer.get("unlicenseduser"):
            raise NotDelivered("WeCom does not let the app write to this member.", 81013)

    async def remember(self, member: str, composed: Composed) -> None:
        """Remember what the buttons mean that a turn shows; what was offered before ends."""
        for task, buttons in composed.presses.items():
            known = json.dumps({"member": member, "buttons": buttons})
            await self._store.set(f"wecom:card:{task}", known, _PRESS_SECONDS)
        if composed.choices:
            await self._choices.offer(member, composed.choices)
        else:
            await self._choices.clear(member)

    async def chosen(self, member: str, words: str) -> str | None:
        """Return the payload that a member's words choose by its number."""
        return await self._choices.chosen(member, words)

    async def pressed(self, member: str, press: Press) -> dict[str, Any] | None:
        """Return the button (`title`, `payload`) that was pressed; only a card's first counts."""
        known = json.loads(await self._store.get(f"wecom:card:{press.task_id}") or "null")
        if known is None or known["member"] != member or press.key not in known["buttons"]:
            return None
        name = f"wecom:pressed:{press.task_id}"
        first = await self._store.add(name, press.key, _PRESS_SECONDS)
        if not first and await self._store.get(name) != press.key:
            return None
        return dict(known["buttons"][press.key])

    async def show_pressed(self, member: str, press: Press, title: str) -> None:
        """Let the card show what was pressed, its buttons grey.

        Source: https://developer.work.weixin.qq.com/document/path/94888
        """
        shown = self._texts.get("pressed", title).replace("{title}", title)
        body = {
            "userids": [member],
            "agentid": self._agent_id,
            "response_code": press.code,
            "button": {"replace_name": shown},
        }
        try:
            await self._api.call("POST", "/cgi-bin/message/update_template_card", body)
        except ApiError as error:
            logger.warning("A card could not be changed: %s", refused(error))


class PushOutput(BubbleOutput):
    """Sends at once what is said outside a member's turn; raises when it was not delivered."""

    def __init__(self, channel: str, sender: Sender, composer: Composer) -> None:
        super().__init__(channel)
        self._sender = sender
        self._composer = composer

    async def say(self, recipient_id: str, bubble: Bubble) -> None:
        """Send a bubble.

        Raises:
            NotDelivered: WeCom did not take it.
        """
        composed = self._composer.compose([bubble], uuid.uuid4().hex)
        if composed.presses or composed.choices:
            await self._sender.remember(recipient_id, composed)
        for message in composed.messages:
            await self._sender.send(recipient_id, message)
