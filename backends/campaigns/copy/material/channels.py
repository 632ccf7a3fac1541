"""The channels that copy is written for, and how long it may be there."""

from __future__ import annotations

from typing import Literal

from pydantic import conint, validator

from backends.campaigns.copy.material.reading import Strict

_Length = conint(ge=20, le=100_000)


class Channel(Strict):
    """One channel.

    Attributes:
        zh, en: its name.
        most: longest copy, in ``unit``.
        unit: bytes of UTF-8, or characters.
        platform: what the platform takes, in the same unit; None where it sets no limit.
    """

    zh: str
    en: str
    most: _Length  # type: ignore[valid-type]
    unit: Literal["bytes", "characters"]
    platform: _Length | None = None  # type: ignore[valid-type]

    @validator("platform")
    def _enough(cls, platform: int | None, values: dict[str, int]) -> int | None:
        if platform is not None and values.get("most", 0) > platform:
            raise ValueError("is less than `most`: the platform would cut the text")
        return platform

    def length(self, text: str) -> int:
        """How long a text is in this channel's unit."""
        return len(text.encode("utf-8", "replace")) if self.unit == "bytes" else len(text)


class Channels(Strict):
    """``channels.yml``."""

    channels: dict[str, Channel]
