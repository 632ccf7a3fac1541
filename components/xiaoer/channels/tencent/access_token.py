"""The access token of an API, shared by all workers."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from xiaoer.channels.storage import Store

#: Given the token that the platform refused (None otherwise), return a token and its life in
#: seconds. It raises `ApiError` when the platform gives none.
Fetch = Callable[[str | None], Awaitable[tuple[str, float]]]

#: Seconds before its end at which a token is fetched anew, and the longest a fetch may take.
_EARLY = 300.0
_FETCH = 15.0


class AccessToken:
    """A token in the store, fetched by one worker at a time.

    Args:
        store: Where the token is kept.
        name: What tells it from other tokens, such as `wechat:` and the app id.
        fetch: Gets a token from the platform.
    """

    def __init__(self, store: Store, name: str, fetch: Fetch) -> None:
        self._store = store
        self._key = f"token:{name}"
        self._fetch = fetch
        self._one = asyncio.Lock()

    async def get(self) -> str:
        """Return a token that is valid as far as we know.

        Raises:
            ApiError: The platform gives none.
        """
        token = await self._store.get(self._key)
        if token is not None:
            return token
        async with self._one:
            return await self._get_anew()

    async def drop(self, token: str) -> None:
        """Forget this token, for the platform refused it; a newer one stays."""
        if await self._store.get(self._key) == token:
            await self._store.set(f"{self._key}:refused", token, 60)
            await self._store.delete(self._key)

    async def _get_anew(self) -> str:
        lock, mine = f"{self._key}:lock", uuid.uuid4().hex
        while True:
            token = await self._store.get(self._key)
            if token is not None:
                return token
            if await self._store.add(lock, mine, _FETCH):
                break
            await asyncio.sleep(0.1)
        try:
            refused = await self._store.get(f"{self._key}:refused")
            fetched, seconds = await asyncio.wait_for(self._fetch(refused), _FETCH)
            # A token that lives shortly is kept for half of its life.
            kept = max(seconds - _EARLY, seconds / 2, 1)
            await self._store.set(self._key, fetched, kept)
            return fetched
        finally:
            if await self._store.get(lock) == mine:
                await self._store.delete(lock)
