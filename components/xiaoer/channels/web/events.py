"""The events that a page sends."""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.channels.channel import decode_bearer_token
from socketio import AsyncServer

from xiaoer.channels.storage import StoreError
from xiaoer.channels.web.delivery import Delivery
from xiaoer.channels.web.errors import Refused
from xiaoer.channels.web.incoming import is_session, new_session
from xiaoer.channels.web.settings import WebSettings
from xiaoer.channels.web.turns import Turns

logger = logging.getLogger(__name__)

#: From the page: the ids of the messages that it has.
RECEIVED_EVENT = "messages_received"
_MAX_RECEIPTS = 200


class PageEvents:
    """Answers the events of pages; whatever they hold, the connection lives on.

    Args:
        sio: The socket.io server.
        settings: The channel's settings.
        delivery: The way to the pages.
        turns: Where messages go.
    """

    def __init__(
        self, sio: AsyncServer, settings: WebSettings, delivery: Delivery, turns: Turns
    ) -> None:
        self._sio = sio
        self._settings = settings
        self._delivery = delivery
        self._turns = turns

    def listen(self) -> None:
        """Register the handlers."""
        for event, handler in {
            "connect": self._connect,
            "disconnect": self._disconnect,
            "session_request": self._session_request,
            RECEIVED_EVENT: self._received,
            self._settings.user_message_evt: self._user_message,
        }.items():
            self._sio.on(event, handler, namespace=self._settings.namespace)

    async def _connect(self, sid: str, environ: Any, auth: Any = None) -> bool:
        settings = self._settings
        if not settings.jwt_key:
            return True
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str):
            return False
        return decode_bearer_token(token, settings.jwt_key, settings.jwt_method) is not None

    async def _disconnect(self, sid: str, *reason: Any) -> None:
        self._delivery.forget(sid)

    # Pages may send any number of values with an event.
    async def _session_request(self, sid: str, data: Any = None, *more: Any) -> Any:
        asked = data if isinstance(data, dict) else {}
        session = asked.get("session_id")
        if not is_session(session):
            session = new_session()
        persistent = self._settings.session_persistence
        if persistent:
            await self._sio.enter_room(sid, session, namespace=self._settings.namespace)
        await self._delivery.emit("session_confirm", session, sid)
        if persistent:
            try:
                await self._delivery.welcome(sid, session, bool(asked.get("receipts")))
            except StoreError as error:
                logger.error("A page did not get what waits for it: %s", error)
        return {"session_id": session}

    async def _received(self, sid: str, data: Any = None, *more: Any) -> Any:
        ids = data.get("ids") if isinstance(data, dict) else None
        try:
            session = self._session_of(sid, data)
            if not isinstance(ids, list) or len(ids) > _MAX_RECEIPTS:
                raise Refused("malformed")
            await self._delivery.acknowledge(session, [one for one in ids if isinstance(one, str)])
        except Refused as refused:
            return {"accepted": False, "reason": refused.reason}
        except StoreError as error:
            logger.error("What a page has is not noted: %s", error)
            return {"accepted": False, "reason": "unavailable"}
        return {"accepted": True}

    async def _user_message(self, sid: str, data: Any = None, *more: Any) -> Any:
        try:
            session = self._session_of(sid, data)
            return await self._turns.accept(session, data)
        except Refused as refused:
            return {"accepted": False, "reason": refused.reason, "wait": refused.wait}

    def _session_of(self, sid: str, data: Any) -> str:
        """Return the session that `data` names; without persistence it is the connection.

        Raises:
            Refused: The connection has not been given that session.
        """
        if not self._settings.session_persistence:
            return sid
        session = data.get("session_id") if isinstance(data, dict) else None
        if not is_session(session) or sid not in self._delivery.connected(session):
            raise Refused("session")
        return session
