"""What is said to a customer outside their turn."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from xiaoer.channels.wecom.customer_service.allowance import Allowance
from xiaoer.channels.wecom.customer_service.composing import Composer
from xiaoer.channels.wecom.customer_service.sending import Sender
from xiaoer.channels.wecom.customer_service.sessions import Sessions
from xiaoer.channels.wecom.delivery import NotDelivered
from xiaoer.channels.wecom.output import Bubble, BubbleOutput


class PushOutput(BubbleOutput):
    """Sends at once; raises when it was not delivered, so that nothing waits unseen.

    Args:
        channel: The connector's name.
        sender: What sends.
        composer: What makes messages.
        sessions: What moves sessions.
        allowance: What counts messages.
        customer_of: Returns account and customer of a conversation's id, or raises `NotDelivered`.
    """

    def __init__(
        self,
        channel: str,
        sender: Sender,
        composer: Composer,
        sessions: Sessions,
        allowance: Allowance,
        customer_of: Callable[[str], tuple[str, str]],
    ) -> None:
        super().__init__(channel)
        self._sender = sender
        self._composer = composer
        self._sessions = sessions
        self._allowance = allowance
        self._customer_of = customer_of

    async def say(self, recipient_id: str, bubble: Bubble) -> None:
        """Send a bubble.

        Raises:
            NotDelivered: The platform's rules forbid it now, or the platform did not take it.
        """
        account, customer = self._customer_of(recipient_id)
        named = uuid.uuid4().hex[:24]
        composed = await self._composer.compose([bubble], named)
        await self._sender.remember(customer, composed.menus)
        messages = [step for step in composed.steps if "msgtype" in step]
        if len(messages) > await self._allowance.left(account, customer):
            raise NotDelivered("The customer was sent five messages since they last wrote.", 95001)
        for index, step in enumerate(composed.steps):
            if "msgtype" in step:
                await self._sender.send(account, customer, step, f"{named}-{index}")
            else:
                await self._sessions.move(account, customer, step)
