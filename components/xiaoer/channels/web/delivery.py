"""The way of a message to the pages of one conversation."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from typing import Any

from socketio import AsyncServer

from xiaoer.channels.storage import Store, StoreError
from xiaoer.channels.web.errors import NotDelivered
from xiaoer.channels.web.outbox import Outbox
from xiaoer.channels.web.payloads import IssuedPayloads
from xiaoer.channels.web.settings import WebSettings

logger = logging.getLogger(__name__)


class Delivery:
    """Sends to the pages that are open, and keeps for those that are not.

    Args:
        sio: The socket.io server; each conversation is a room of it.
        store: Where messages and payloads are kept.
        settings: The channel's settings.
    """

    def __init__(self, sio: AsyncServer, store: Store, settings: WebSettings) -> None:
        self._sio = sio
        self._store = store
        self._settings = settings
        self._outbox = Outbox(store, settings.keep_seconds, settings.keep_messages)
        self._payloads = IssuedPayloads(store, settings.keep_seconds)
        #: Connections whose page acknowledges what it has, as our widget does.
        self._acknowledging: set[str] = set()

    async def send(self, recipient: str, message: dict[str, Any]) -> None:
        """Send a message to a conversation.

        Raises:
            NotDelivered: No page is connected and the message could not be kept.
        """
        message = {**message, "id": uuid.uuid4().hex, "at": int(time.time() * 1000)}
        here = self.connected(recipient)
        reason = await self._keep(recipient, message, here)
        if reason is not None and not here:
            raise NotDelivered(reason)
        await self.emit(self._settings.bot_message_evt, message, recipient)

    async def emit(self, event: str, data: Any, room: str) -> None:
        """Send an event to a connection or to all of a conversation."""
        await self._sio.emit(event, data, room=room, namespace=self._settings.namespace)

    async def touch(self, session: str) -> None:
        """Note that the customer of this conversation wrote: people can write back for a while."""
        await self._store.set(f"web:session:{session}", "", self._settings.session_seconds)

    async def issued(self, session: str, payload: str) -> bool:
        """Tell whether a button with this payload was sent to the conversation."""
        return await self._payloads.issued(session, payload)

    async def welcome(self, connection: str, session: str, acknowledges: bool) -> None:
        """Hand a page that is back what waited for it."""
        if acknowledges:
            self._acknowledging.add(connection)
            waiting = await self._outbox.pending(session)
        else:
            waiting = await self._outbox.take(session)
        for message in waiting:
            await self.emit(self._settings.bot_message_evt, message, connection)

    async def acknowledge(self, session: str, ids: list[str]) -> None:
        """Forget messages that a page has."""
        await self._outbox.acknowledge(session, ids)

    def forget(self, connection: str) -> None:
        """Note that a connection has ended."""
        self._acknowledging.discard(connection)

    def connected(self, room: str) -> set[str]:
        """Return the connections of a conversation to this process."""
        namespace = self._settings.namespace or "/"
        return {sid for sid, _ in self._sio.manager.get_participants(namespace, room)}

    async def _keep(self, recipient: str, message: dict[str, Any], here: set[str]) -> str | None:
        """Keep a message and its payloads; return why the message is not kept, if it is not."""
        try:
            await self._payloads.remember(recipient, _payloads_of(message))
            if not self._settings.session_persistence:
                return "The customer's page is closed."
            if here and not here & self._acknowledging:
                return "The customer's page does not acknowledge messages."
            if not here and await self._store.get(f"web:session:{recipient}") is None:
                return "No customer has written from a page in this conversation of late."
            await self._outbox.keep(recipient, message)
        except StoreError as error:
            logger.error("A message to a web page is not kept: %s", error)
            return "The customer's page is closed, and the message could not be kept for it."
        return None


def _payloads_of(value: Any) -> Iterator[str]:
    """Yield the payloads in a message, in whatever part of it."""
    if isinstance(value, dict):
        payload = value.get("payload")
        if isinstance(payload, str) and payload.strip().startswith("/"):
            yield payload
        for part in value.values():
            yield from _payloads_of(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _payloads_of(part)
