"""What may be asked of the outbound connector."""

import json
from typing import Any

from pydantic import BaseModel, Extra, Field, root_validator

_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,79}$"


class OutboundRequest(BaseModel):
    """Which conversation is meant.

    Attributes:
        id: Names the request: what was carried out under it is not done again.
        conversation: The sender id.
        channel: The name of the channel that the customer is on.
    """

    id: str = Field(min_length=1, max_length=128)
    conversation: str = Field(min_length=1, max_length=255)
    channel: str = Field(regex=_NAME)

    class Config:
        """Unknown fields are refused."""

        extra = Extra.forbid

    @root_validator(pre=True)
    def _whole_characters(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Half a surrogate pair can be neither sent nor stored.

        Raises:
            ValueError: There is one.
        """
        json.dumps(values, ensure_ascii=False).encode()
        return values


class Words(OutboundRequest):
    """Words to say, and who says them (`staff`, the person's name, or nobody)."""

    text: str = Field(min_length=1, max_length=4000)
    staff: str | None = Field(default=None, max_length=80)


class Trigger(OutboundRequest):
    """An intent of the domain to set off, as Rasa's `trigger_intent` does."""

    intent: str = Field(regex=_NAME)
    entities: dict[str, Any] = Field(default_factory=dict)
