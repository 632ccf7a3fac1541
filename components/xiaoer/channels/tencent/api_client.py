"""Calls of the platform's API."""

from __future__ import annotations

import asyncio
import json as json_format
import logging
from typing import Any

import httpx

from xiaoer.channels.tencent.access_token import AccessToken
from xiaoer.channels.tencent.errors import ApiError, ApiUnavailable

# At INFO httpx logs each URL, and the access token is in it.
logging.getLogger("httpx").setLevel(logging.WARNING)

#: The access token is not, or no longer, valid.
TOKEN_CODES = frozenset({40001, 40014, 42001})
#: Busy, or too many calls: worth another try after a pause.
BUSY_CODES = frozenset({-1, 45009})
#: Seconds before the second, third and fourth try.
_PAUSES = (0.5, 1.0, 2.0)
_MAX_ANSWER = 1024 * 1024


class ApiClient:
    """Calls the API with an access token, which stands in no log, `repr` or error.

    A refused token is dropped and the call made once more with a fresh one. When the platform is
    busy (-1, 45009) the call is made again after a pause, at most three times.

    Args:
        base_url: Such as `https://api.weixin.qq.com`.
        token: The access token; None for a client of addresses that want none.
        timeout: Seconds for each try.

    Source: https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
    """

    def __init__(self, base_url: str, token: AccessToken | None, timeout: float = 5.0) -> None:
        self._token = token
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout, follow_redirects=False)

    async def call(
        self,
        method: str,
        path: str,
        json: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> dict[str, Any]:
        """Return the answer to one call.

        Args:
            method: `GET` or `POST`.
            path: Such as `/cgi-bin/message/custom/send`.
            json: The body; Chinese is sent as it is, for the platform shows escapes as they are.
            params: Of the query, beside the access token.
            files: Uploads: field to (file name, content, content type).

        Raises:
            ApiError: The platform refused; `code` is its `errcode`.
            ApiUnavailable: The platform cannot be reached; the call is not made again, unless
                no connection was made, for it may have been carried out.
        """

        def request(token: str | None) -> httpx.Request:
            query = {**(params or {}), **({"access_token": token} if token else {})}
            content = None
            if json is not None:
                content = json_format.dumps(json, ensure_ascii=False).encode("utf-8", "replace")
            headers = {"Content-Type": "application/json"} if json is not None else {}
            return self._http.build_request(
                method, path, params=query, content=content, files=files, headers=headers
            )

        pauses = list(_PAUSES)
        fresh = False
        while True:
            token = await self._token.get() if self._token else None
            try:
                return await self._send(request(token))
            except ApiUnavailable as error:
                if error.sent or not pauses:
                    raise
            except ApiError as error:
                if error.code in TOKEN_CODES and self._token and token and not fresh:
                    await self._token.drop(token)
                    fresh = True
                    continue
                if error.code not in BUSY_CODES or not pauses:
                    raise
            await asyncio.sleep(pauses.pop(0))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, request: httpx.Request) -> dict[str, Any]:
        # Errors are raised anew without their cause: httpx's hold the URL, and so the token.
        try:
            response = await self._http.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise ApiUnavailable("The platform cannot be reached.", sent=False) from None
        except httpx.HTTPError as error:
            what = f"The platform gave no answer ({type(error).__name__})."
            raise ApiUnavailable(what, sent=True) from None
        try:
            if response.status_code != 200 or len(response.content) > _MAX_ANSWER:
                raise ValueError
            answer = response.json()
            code = int(answer.get("errcode") or 0)
        except (ValueError, AttributeError, TypeError, RecursionError):
            what = f"The platform gave no usable answer (status {response.status_code})."
            raise ApiUnavailable(what, sent=True) from None
        if code:
            raise ApiError(code, str(answer.get("errmsg", ""))[:200])
        return dict(answer)
