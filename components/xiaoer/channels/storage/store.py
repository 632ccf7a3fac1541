"""A small shared memory of channels: entries with a life, set and counted atomically."""

from __future__ import annotations

from abc import ABC, abstractmethod

from xiaoer.channels.errors import ChannelError


class StoreError(ChannelError):
    """The store cannot be used or does not answer."""


class Store(ABC):
    """Keys and values are text; every entry has a life in seconds.

    Workers and servers that open the same store see the same entries, and each method is atomic
    among them. All methods raise `StoreError` when the store does not answer.
    """

    @abstractmethod
    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Set the entry unless there is one; True when this call set it."""

    @abstractmethod
    async def get(self, key: str) -> str | None:
        """Return the entry's value, or None."""

    @abstractmethod
    async def set(self, key: str, value: str, seconds: float) -> None:
        """Set the entry, whether there is one or not."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Remove the entry or list, if there is one."""

    @abstractmethod
    async def increment(self, key: str, seconds: float) -> int:
        """Count one up and return the count; the life starts at the first."""

    @abstractmethod
    async def append(self, key: str, value: str, seconds: float) -> None:
        """Put the value at the list's end; the whole list then lives `seconds` from now."""

    @abstractmethod
    async def take(self, key: str) -> list[str]:
        """Return the whole list, oldest first, and empty it."""

    @abstractmethod
    async def keys(self, prefix: str) -> list[str]:
        """Return the keys of entries and lists that begin with `prefix`, in order."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections; the store may not be used afterwards."""
