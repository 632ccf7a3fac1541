"""The store on a Redis server, for several machines."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any, TypeVar, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from xiaoer.channels.storage.store import Store, StoreError

#: Before every key, for the server may be shared with Rasa's locks and trackers.
_NAMESPACE = "xiaoer:channels:"
_TIMEOUT = 5.0

Answer = TypeVar("Answer")


class RedisStore(Store):
    """Keeps entries in Redis, under keys that begin with `xiaoer:channels:`.

    Args:
        url: `redis://[user:password@]host:port/database`.

    Raises:
        StoreError: The URL cannot be used.
    """

    def __init__(self, url: str) -> None:
        try:
            self._redis: Redis[str] = Redis.from_url(
                url,
                decode_responses=True,
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                health_check_interval=30,
            )
        except ValueError:
            # The reason would quote the URL, which may hold a password.
            raise StoreError(
                "The Redis URL of the setting 'store' should look like redis://host:6379/0."
            ) from None

    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Set the entry unless there is one; True when this call set it."""
        command = self._redis.set(_NAMESPACE + key, value, px=_milliseconds(seconds), nx=True)
        return bool(await _answer(command))

    async def get(self, key: str) -> str | None:
        """Return the entry's value, or None."""
        return cast("str | None", await _answer(self._redis.get(_NAMESPACE + key)))

    async def set(self, key: str, value: str, seconds: float) -> None:
        """Set the entry, whether there is one or not."""
        await _answer(self._redis.set(_NAMESPACE + key, value, px=_milliseconds(seconds)))

    async def delete(self, key: str) -> None:
        """Remove the entry or list, if there is one."""
        await _answer(self._redis.delete(_NAMESPACE + key))

    async def increment(self, key: str, seconds: float) -> int:
        """Count one up and return the count; the life starts at the first."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(_NAMESPACE + key, 0, px=_milliseconds(seconds), nx=True)
        pipeline.incr(_NAMESPACE + key)
        return int((await _answer(pipeline.execute()))[1])

    async def append(self, key: str, value: str, seconds: float) -> None:
        """Put the value at the list's end; the whole list then lives `seconds` from now."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.rpush(_NAMESPACE + key, value)
        pipeline.pexpire(_NAMESPACE + key, _milliseconds(seconds))
        await _answer(pipeline.execute())

    async def take(self, key: str) -> list[str]:
        """Return the whole list, oldest first, and empty it."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.lrange(_NAMESPACE + key, 0, -1)
        pipeline.delete(_NAMESPACE + key)
        return list((await _answer(pipeline.execute()))[0])

    async def keys(self, prefix: str) -> list[str]:
        """Return the keys of entries and lists that begin with `prefix`, in order."""
        pattern = _NAMESPACE + re.sub(r"([\\*?\[\]])", r"\\\1", prefix) + "*"

        async def scan() -> list[str]:
            return [key async for key in self._redis.scan_iter(match=pattern, count=1000)]

        return sorted({key.removeprefix(_NAMESPACE) for key in await _answer(scan())})

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close()
        await self._redis.connection_pool.disconnect()


async def _answer(command: Awaitable[Answer] | Any) -> Any:
    """Await what Redis answers.

    Raises:
        StoreError: It does not answer, or refuses.
    """
    try:
        return await command
    except (RedisError, OSError) as error:
        raise StoreError(f"The channels' Redis failed ({type(error).__name__}).") from None


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
