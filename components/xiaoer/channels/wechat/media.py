"""Pictures as temporary media of the platform."""

from __future__ import annotations

import hashlib
import logging

import httpx
import structlog

from xiaoer.channels.storage import Store
from xiaoer.channels.tencent import ApiClient, ApiError

log = structlog.get_logger()

logging.getLogger("httpx").setLevel(logging.WARNING)

#: The platform's limit for a picture, in bytes, and its formats.
_MAX_BYTES = 10 * 1024 * 1024
_FORMATS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}
#: Temporary media live three days; a little before, they are uploaded anew.
_LIFE = 2.5 * 86400
#: A picture that could not be had is not asked for again for that long.
_FAILED = 60.0


class Media:
    """Uploads pictures by URL, each once in three days.

    Args:
        client: Calls the API.
        store: Where media ids are kept.
        timeout: Seconds for fetching a picture.

    Source: https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html
    """

    def __init__(self, client: ApiClient, store: Store, timeout: float) -> None:
        self._client = client
        self._store = store
        self._http = httpx.AsyncClient(timeout=timeout, follow_redirects=True, max_redirects=3)

    async def media_id(self, url: str) -> str | None:
        """Return the media id of the picture at `url`; None when it cannot be had."""
        key = self._key(url)
        known = await self._store.get(key)
        if known is not None:
            return known or None
        try:
            content, kind = await self._fetch(url)
            name = f"image.{_FORMATS[kind]}"
            answer = await self._client.call(
                "POST",
                "/cgi-bin/media/upload",
                params={"type": "image"},
                files={"media": (name, content, kind)},
            )
            media_id = str(answer["media_id"])
        except (ApiError, httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError) as error:
            log.warning("wechat.image.failed", reason=type(error).__name__)
            await self._store.set(key, "", _FAILED)
            return None
        await self._store.set(key, media_id, _LIFE)
        return media_id

    async def forget(self, url: str) -> None:
        """Forget a media id that the platform no longer knows."""
        await self._store.delete(self._key(url))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _fetch(self, url: str) -> tuple[bytes, str]:
        """Return the picture's bytes and type.

        Raises:
            ValueError: It is no picture, or too large.
        """
        async with self._http.stream("GET", url) as response:
            response.raise_for_status()
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind not in _FORMATS:
                raise ValueError("not a picture")
            received = bytearray()
            async for chunk in response.aiter_bytes(64 * 1024):
                received += chunk
                if len(received) > _MAX_BYTES:
                    raise ValueError("too large")
        return bytes(received), kind

    @staticmethod
    def _key(url: str) -> str:
        return f"media:wechat:{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()}"
