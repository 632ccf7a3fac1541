"""A page without a browser: socket.io over a websocket, as its protocol description says.

https://socket.io/docs/v4/socket-io-protocol/
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import websockets

PACKET = re.compile(r"4([0-4])(?:(/[^,\[{]*),)?(\d*)(.*)", re.DOTALL)


class SocketPage:
    """One connection; `events` holds all (name, data) that came.

    Args:
        url: The server's address.
        namespace: The namespace to join.
    """

    def __init__(self, url: str, namespace: str = "/") -> None:
        self._url = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._prefix = "" if namespace == "/" else f"{namespace},"
        self._asked: dict[str, asyncio.Future[Any]] = {}
        self.events: list[tuple[str, Any]] = []
        self.session = ""

    async def connect(self, auth: Any = None, headers: dict[str, str] | None = None) -> bool:
        """Connect; False when the server refuses the connection's `auth`."""
        self._socket = await websockets.connect(self._url, extra_headers=headers or {})
        assert (await self._socket.recv()).startswith("0{")
        await self._socket.send(f"40{self._prefix}{json.dumps(auth) if auth else ''}")
        accepted = str(await self._socket.recv()).startswith("40")
        self._reader = asyncio.create_task(self._read())
        return accepted

    async def open(self, session: Any = None, receipts: bool = True) -> str:
        """Connect and ask for a session, as a page does when it is shown."""
        await self.connect()
        return await self.join(session, receipts)

    async def join(self, session: Any = None, receipts: bool = True) -> str:
        """Ask for a session."""
        asked = {"session_id": session, "receipts": receipts}
        self.session = (await self.ask("session_request", asked))["session_id"]
        return self.session

    async def close(self) -> None:
        """Go away."""
        self._reader.cancel()
        await self._socket.close()

    async def emit(self, event: str, *data: Any) -> None:
        """Send an event that wants no answer."""
        await self._socket.send(f"42{self._prefix}{json.dumps([event, *data])}")

    async def ask(self, event: str, *data: Any, seconds: float = 10) -> Any:
        """Send an event and return its answer."""
        number = str(len(self._asked) + 1)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(f"42{self._prefix}{number}{json.dumps([event, *data])}")
        return await asyncio.wait_for(answer, seconds)

    async def say(self, message: Any, id: str | None = None, **more: Any) -> Any:
        """Send a customer's message and return the server's answer."""
        data = {"session_id": self.session, "message": message, "id": id or uuid.uuid4().hex}
        return await self.ask("user_uttered", {**data, **more})

    async def receive(self, *ids: str) -> Any:
        """Tell which messages are here."""
        return await self.ask("messages_received", {"session_id": self.session, "ids": list(ids)})

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the assistant and people said."""
        return [data for name, data in self.events if name == "bot_uttered"]

    @property
    def texts(self) -> list[str]:
        """The words of `messages`."""
        return [message.get("text", "") for message in self.messages]

    @property
    def turns(self) -> list[str]:
        """The ids of the customer's messages that have been handled."""
        return [data["id"] for name, data in self.events if name == "turn_finished"]

    async def until(self, condition: Callable[[], Any], seconds: float = 10) -> Any:
        """Wait until `condition` is true, and return what it gives."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not (found := condition()):
            assert asyncio.get_running_loop().time() < deadline, self.events
            await asyncio.sleep(0.02)
        return found

    async def answered(self, message: str, **more: Any) -> list[str]:
        """Say something, wait for the end of the turn, and return what was answered."""
        before, id = len(self.texts), uuid.uuid4().hex
        assert (await self.say(message, id, **more))["accepted"]
        await self.until(lambda: id in self.turns)
        return self.texts[before:]

    async def _read(self) -> None:
        async for packet in self._socket:
            if packet == "2":
                await self._socket.send("3")
                continue
            found = PACKET.fullmatch(str(packet))
            if found is None:
                continue
            kind, _, number, data = found.groups()
            if kind == "2":
                name, *rest = json.loads(data)
                self.events.append((name, rest[0] if rest else None))
            elif kind == "3":
                self._asked[number].set_result((json.loads(data) or [None])[0])
