"""What `credentials.yml` may set for the web channel."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Extra, Field, ValidationError, validator
from rasa.shared.exceptions import RasaException

_DAY = 86_400.0


class WebSettings(BaseModel):
    """The settings of Rasa's `socketio` under their names, and those of this connector.

    Attributes:
        user_message_evt: The event that brings a customer's message.
        bot_message_evt: The event that brings an answer.
        namespace: The socket.io namespace, or None for the default one.
        session_persistence: Whether a conversation outlives its connection.
        socketio_path: Where socket.io answers.
        jwt_key: With a key, only connections that show a token signed by it are taken.
        jwt_method: The token's algorithm.
        metadata_key: The field of a customer's message that holds metadata.
        cors: The origins of the pages that may connect: `*`, one origin, or a list.
        store: `redis://…` or the path of an SQLite file; None for `.xiaoer/channels.db`.
        max_length: The longest message of a customer, in characters.
        messages_per_minute: How many messages one conversation may send in a minute.
        keep_messages: How many messages wait for a page that is closed; the oldest go first.
        keep_seconds: For how long they wait, and for how long a shown button can be pressed.
        session_seconds: For how long after a customer's last message people can write to them.
    """

    user_message_evt: str = "user_uttered"
    bot_message_evt: str = "bot_uttered"
    namespace: str | None = None
    session_persistence: bool = True
    socketio_path: str = "/socket.io"
    jwt_key: str | None = None
    jwt_method: str = "HS256"
    metadata_key: str = "metadata"
    cors: str | list[str] = "*"
    store: str | None = None
    max_length: int = Field(default=1000, ge=1, le=20_000)
    messages_per_minute: int = Field(default=30, ge=1)
    keep_messages: int = Field(default=50, ge=1, le=1000)
    keep_seconds: float = Field(default=7 * _DAY, gt=0)
    session_seconds: float = Field(default=30 * _DAY, gt=0)

    class Config:
        """Misspelt settings are refused."""

        extra = Extra.forbid

    @validator("cors")
    def _without_slash(cls, value: str | list[str]) -> str | list[str]:
        """Browsers send origins without the last slash that people copy from the address bar."""
        return value.rstrip("/") if isinstance(value, str) else [one.rstrip("/") for one in value]

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebSettings:
        """Read the entry of `credentials.yml`.

        Raises:
            RasaException: A setting is unknown or has a value that does not fit.
        """
        try:
            return cls(**(credentials or {}))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            raise RasaException(
                f"The setting '{name}' of the web channel in credentials.yml: {first['msg']}."
            ) from None
