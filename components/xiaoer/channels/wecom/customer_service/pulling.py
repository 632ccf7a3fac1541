"""Getting messages: the callback only says that there are some.

Source: https://developer.work.weixin.qq.com/document/path/94670
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from xiaoer.channels.storage import Store, StoreError
from xiaoer.channels.tencent import ApiClient, ApiError, ApiUnavailable
from xiaoer.channels.tencent.lanes import Lanes
from xiaoer.channels.wecom.delivery import PAUSES, refused

logger = logging.getLogger(__name__)

LIMIT = 1000
_CURSOR_SECONDS = 365 * 86_400.0
_DUE_SECONDS = 3 * 86_400.0
_LOCK_SECONDS = 30.0
# Between two looks whether another worker has done.
_BUSY_SECONDS = 0.2
# A new installation answers no questions of the last three days.
_FIRST_PULL_SECONDS = 600.0


class Puller:
    """Pulls the log of each account, one worker at a time, from where the last pull ended.

    The cursor moves on only when all messages of a page have been accepted, so a crash repeats a
    page and loses none of it; the inbox knows what it has seen.

    Args:
        api: The API.
        store: Where cursors are kept.
        accept: Takes a raw entry in.
        lanes: What pulls run in.
    """

    def __init__(
        self,
        api: ApiClient,
        store: Store,
        accept: Callable[[dict[str, Any]], Awaitable[None]],
        lanes: Lanes,
    ) -> None:
        self._api = api
        self._store = store
        self._accept = accept
        self._lanes = lanes
        self._queued: set[str] = set()
        self._tokens: dict[str, str] = {}
        self._news: dict[str, asyncio.Event] = {}

    async def want(self, account: str, token: str) -> None:
        """See to it that an account is pulled, by this process or the next.

        Args:
            account: `open_kfid`.
            token: The callback's, good for ten minutes; calls without one are few.
        """
        self._tokens[account] = token
        await self._store.set(f"wecom_kf:due:{account}", token, _DUE_SECONDS)
        self._start(account)
        # A pull that waits, say for a limit to lift, has a fresh token now.
        self._news.setdefault(account, asyncio.Event()).set()

    async def start_known(self, accounts: list[str]) -> None:
        """Pull accounts whose callbacks may have been missed: those named and those pulled once."""
        prefix = "wecom_kf:cursor:"
        known = [key.removeprefix(prefix) for key in await self._store.keys(prefix)]
        for account in {*accounts, *known}:
            await self._store.add(f"wecom_kf:due:{account}", "", _DUE_SECONDS)
            self._start(account)

    async def start_due(self) -> None:
        """Pull accounts where a pull was wanted and has not come to its end."""
        prefix = "wecom_kf:due:"
        for key in await self._store.keys(prefix):
            self._start(key.removeprefix(prefix))

    def _start(self, account: str) -> None:
        # One that waits for its turn will see what this one is for.
        if account not in self._queued:
            self._queued.add(account)
            self._lanes.put(f"pull:{account}", lambda: self._run(account))

    async def _run(self, account: str) -> None:
        self._queued.discard(account)
        news = self._news.setdefault(account, asyncio.Event())
        for pause in PAUSES:
            news.clear()
            try:
                while not await self._pull_locked(account):  # noqa: ASYNC110
                    await asyncio.sleep(_BUSY_SECONDS)
                return
            except ApiError as error:
                logger.warning("Messages are pulled in %g s. %s", pause, refused(error))
            except (StoreError, asyncio.TimeoutError) as error:
                logger.warning("Messages are pulled in %g s: %s", pause, type(error).__name__)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(news.wait(), pause)

    async def _pull_locked(self, account: str) -> bool:
        lock, mine = f"wecom_kf:pulling:{account}", uuid.uuid4().hex
        if not await self._store.add(lock, mine, _LOCK_SECONDS):
            return False
        try:
            due = f"wecom_kf:due:{account}"
            token = self._tokens.get(account)
            if token is None:
                token = await self._store.get(due)
            if token is None:
                return True  # somebody has pulled what this was for
            await self._pull(account, token, lock, mine)
            # A callback that came meanwhile has another token, and its own pull.
            if self._tokens.get(account) == token:
                del self._tokens[account]
            if await self._store.get(due) == token:
                await self._store.delete(due)
            return True
        finally:
            if await self._store.get(lock) == mine:
                await self._store.delete(lock)

    async def _pull(self, account: str, token: str, lock: str, mine: str) -> None:
        key = f"wecom_kf:cursor:{account}"
        cursor = await self._store.get(key) or ""
        since = 0.0 if cursor else time.time() - _FIRST_PULL_SECONDS
        while True:
            body = {"open_kfid": account, "limit": LIMIT, "voice_format": 0}
            body |= {"cursor": cursor} if cursor else {}
            body |= {"token": token} if token else {}
            try:
                answer = await self._api.call("POST", "/cgi-bin/kf/sync_msg", body)
            except ApiError as error:
                if isinstance(error, ApiUnavailable) or refused(error).later:
                    raise
                if token:
                    token = ""  # it has ended; without one it is dearer but goes
                elif cursor:
                    cursor = ""  # unknown to the platform; the inbox knows what was seen
                else:
                    raise
                continue
            for entry in answer.get("msg_list") or []:
                if isinstance(entry, dict) and _sent_at(entry) >= since:
                    await self._accept(entry)
            following = str(answer.get("next_cursor") or "")
            if following and following != cursor:
                await self._store.set(key, following, _CURSOR_SECONDS)
            if not answer.get("has_more") or following == cursor:
                return
            cursor = following
            await self._store.set(lock, mine, _LOCK_SECONDS)


def _sent_at(entry: dict[str, Any]) -> float:
    sent_at = entry.get("send_time")
    return float(sent_at) if isinstance(sent_at, int | float) else 0.0
