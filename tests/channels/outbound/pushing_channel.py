"""A connector that pushes each message to an address, for tests; the address may refuse it."""

from typing import Any

import httpx
from rasa.core.channels.channel import InputChannel, OutputChannel
from sanic import Blueprint


class PushingOutput(OutputChannel):
    def __init__(self, address: str) -> None:
        self._address = address

    @classmethod
    def name(cls) -> str:
        return "pushing"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        message = {"to": recipient_id, "text": text, "metadata": kwargs.get("metadata")}
        async with httpx.AsyncClient(timeout=30) as client:
            (await client.post(self._address, json=message)).raise_for_status()


class PushingInput(InputChannel):
    def __init__(self, address: str) -> None:
        self._address = address

    @classmethod
    def name(cls) -> str:
        return "pushing"

    @classmethod
    def from_credentials(cls, credentials: Any) -> InputChannel:
        return cls(credentials["address"])

    def blueprint(self, on_new_message: Any) -> Blueprint:
        return Blueprint("pushing_webhook")

    def get_output_channel(self) -> OutputChannel:
        return PushingOutput(self._address)
