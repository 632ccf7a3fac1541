"""Pictures that the platform shows: it takes uploads, not addresses."""

from __future__ import annotations

import hashlib
import logging

import httpx

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import ApiClient, ApiError

logger = logging.getLogger(__name__)

_MAX_BYTES = 2 * 1024 * 1024
# The platform keeps an upload for three days.
_KEPT_SECONDS = 2.5 * 86_400
# A picture that could not be had is not asked for again for that long.
_FAILED_SECONDS = 60.0
_TYPES = {"image/jpeg": "jpg", "image/png": "png"}


class Pictures:
    """Uploads pictures once in two and a half days.

    Args:
        api: The API.
        store: Where the ids of uploads are kept.
        timeout: Seconds for getting a picture.

    Source: https://developer.work.weixin.qq.com/document/path/90253
    """

    def __init__(self, api: ApiClient, store: Store, timeout: float) -> None:
        self._api = api
        self._store = store
        self._http = httpx.AsyncClient(timeout=timeout, follow_redirects=True)

    async def media_id(self, url: str) -> str | None:
        """Return the id of a picture's upload; None when it cannot be had, which is logged."""
        key = f"wecom_kf:picture:{hashlib.sha256(url.encode()).hexdigest()}"
        known = await self._store.get(key)
        if known is not None:
            return known or None
        try:
            content, kind = await self._get(url)
            answer = await self._api.call(
                "POST",
                "/cgi-bin/media/upload",
                params={"type": "image"},
                files={"media": (f"picture.{_TYPES[kind]}", content, kind)},
            )
            media_id = str(answer["media_id"])
        except (httpx.HTTPError, httpx.InvalidURL, ApiError, ValueError, KeyError) as error:
            reason = error if isinstance(error, ValueError | ApiError) else type(error).__name__
            logger.warning("A picture is sent as its address: %s", reason)
            await self._store.set(key, "", _FAILED_SECONDS)
            return None
        await self._store.set(key, media_id, _KEPT_SECONDS)
        return media_id

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _get(self, url: str) -> tuple[bytes, str]:
        async with self._http.stream("GET", url) as response:
            response.raise_for_status()
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in _TYPES:
                raise ValueError("it is neither JPEG nor PNG")
            content = b""
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > _MAX_BYTES:
                    raise ValueError("it has more than 2 MB")
        return content, kind
