"""Rasa's outbound endpoints, which send words into a conversation by its channel.

The hand-over sends the words of staff by it, the outreach sends marketing messages.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from backends.fields import has_control

_MOST_REASON = 200
# Seconds; who asks for more is asked again after that.
_LONGEST_PAUSE = 86_400.0
#: What no second try would change; without a code, 404 is a server that lacks the connector.
_FINAL_STATUS = {400, 413, 422}
_FINAL_CODES = {"not_delivered", "not_found"}


@dataclass(frozen=True)
class Outcome:
    """What became of one try.

    Attributes:
        result: ``sent``; ``no_push``: the channel waits for the customer to write; ``failed``:
            the channel refused; ``later``: nobody knows, try again with the same id.
        reason: why not, for staff.
        retry_after: seconds that the server asked to be left alone, if it did.
        is_unsure: of ``later``: whether it may have been delivered all the same.
    """

    result: Literal["sent", "no_push", "failed", "later"]
    reason: str | None = None
    retry_after: float | None = None
    is_unsure: bool = False


class Rasa:
    """A client of one Rasa server.

    Args:
        url: where it is.
        token: the service token that it knows, too.
        seconds: how long one request may take.
    """

    def __init__(self, url: str, token: str, seconds: float) -> None:
        self._seconds = seconds
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(seconds, connect=min(seconds, 5)),
            headers={"Authorization": f"Bearer {token}"},
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=8),
            # A proxy of the environment is not meant for a neighbour.
            trust_env=False,
        )

    async def post(self, path: str, body: dict[str, Any]) -> Outcome:
        """Send to ``/webhooks/outbound/{path}``; never raises for what the network does."""
        try:
            request = self._http.post(f"/webhooks/outbound/{path}", json=body)
            response = await asyncio.wait_for(request, self._seconds)
        except (httpx.HTTPError, asyncio.TimeoutError) as error:
            nothing_left = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            return Outcome("later", type(error).__name__, is_unsure=not nothing_left)
        return _outcome(response)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _outcome(response: httpx.Response) -> Outcome:
    if response.is_success:
        return Outcome("sent")
    error = _error(response)
    code = str(error.get("code") or f"status_{response.status_code}")
    if code == "no_push":
        return Outcome("no_push")
    reason = _clean(str(error.get("reason") or code))
    if code in _FINAL_CODES or response.status_code in _FINAL_STATUS:
        return Outcome("failed", reason)
    unsure = response.status_code >= 500 and response.status_code != 503
    return Outcome("later", reason, _retry_after(response), is_unsure=unsure)


def _retry_after(response: httpx.Response) -> float | None:
    """RFC 9110, 10.2.3: a number of seconds or a date; None when it is neither."""
    given = response.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given), _LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(given)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return min(max((at - datetime.now(timezone.utc)).total_seconds(), 0.0), _LONGEST_PAUSE)


def _error(response: httpx.Response) -> dict[str, Any]:
    try:
        error = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _clean(reason: str) -> str:
    return "".join(each for each in reason if not has_control(each))[:_MOST_REASON]
