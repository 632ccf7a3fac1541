"""Who answers a customer: the bot, nobody yet, or a servicer."""

from __future__ import annotations

import logging
from enum import IntEnum
from typing import Any

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import ApiClient, ApiError
from xiaoer.channels.wecom.delivery import refused

logger = logging.getLogger(__name__)

# A servicer who takes over is told of by an event, so the state need not be asked each time.
_BOT_SECONDS = 60.0


class State(IntEnum):
    """The states of a session."""

    NEW = 0
    BOT = 1
    POOL = 2
    SERVICER = 3
    ENDED = 4


class Sessions:
    """Looks sessions up and moves them.

    Source: https://developer.work.weixin.qq.com/document/path/94669
    """

    def __init__(self, api: ApiClient, store: Store) -> None:
        self._api = api
        self._store = store

    async def is_bots(self, account: str, customer: str) -> bool:
        """Tell whether the bot may answer; a new session becomes the bot's.

        Raises:
            NotDelivered: The platform does not say.
        """
        key = self._key(account, customer)
        if await self._store.get(key) is not None:
            return True
        state = await self.state(account, customer)
        if state is State.NEW:
            try:
                await self._move(account, customer, State.BOT)
            except ApiError as error:
                # Another worker, or a rule of the account, was first.
                logger.info("A session stays as it is: %s", error)
                state = await self.state(account, customer)
        if state not in (State.NEW, State.BOT):
            return False
        await self._store.set(key, "", _BOT_SECONDS)
        return True

    async def state(self, account: str, customer: str) -> State:
        """Return the session's state as the platform knows it.

        Raises:
            NotDelivered: The platform does not say.
        """
        await self.forget(account, customer)
        body = {"open_kfid": account, "external_userid": customer}
        try:
            answer = await self._api.call("POST", "/cgi-bin/kf/service_state/get", body)
        except ApiError as error:
            raise refused(error) from None
        return State(int(answer.get("service_state") or 0))

    async def move(self, account: str, customer: str, step: dict[str, Any]) -> str:
        """Carry out a step of a turn that moves the session.

        Args:
            account: `open_kfid`.
            customer: `external_userid`.
            step: `{"transfer": "pool"}` puts the customer into the queue, `{"transfer": userid}`
                gives them to that servicer, `{"end": true}` ends the session.

        Returns:
            The code with which one text may be sent; may be empty.

        Raises:
            NotDelivered: The platform does not move it.
        """
        await self.forget(account, customer)
        to = step.get("transfer")
        state = State.ENDED if to is None else State.POOL if to == "pool" else State.SERVICER
        servicer = str(to) if state is State.SERVICER else ""
        try:
            return await self._move(account, customer, state, servicer)
        except ApiError as error:
            raise refused(error) from None

    async def forget(self, account: str, customer: str) -> None:
        """Ask anew next time."""
        await self._store.delete(self._key(account, customer))

    async def _move(self, account: str, customer: str, to: State, servicer: str = "") -> str:
        body = {"open_kfid": account, "external_userid": customer, "service_state": int(to)}
        if servicer:
            body["servicer_userid"] = servicer
        answer = await self._api.call("POST", "/cgi-bin/kf/service_state/trans", body)
        return str(answer.get("msg_code") or "")

    def _key(self, account: str, customer: str) -> str:
        return f"wecom_kf:bots:{account}:{customer}"
