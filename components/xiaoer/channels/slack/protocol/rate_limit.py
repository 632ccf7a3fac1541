"""Waiting as long as Slack asks for."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState


class RetryAfterHandler(AsyncRetryHandler):
    """Tries again after the `Retry-After` of an answer 429, as long as the waits fit.

    Source: https://docs.slack.dev/apis/web-api/rate-limits/

    Args:
        max_wait: Seconds that all waits for one request may take together.
    """

    def __init__(self, max_wait: float) -> None:
        super().__init__(max_retry_count=20)
        self._max_wait = max_wait

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        return self._waited(state) + _asked(response) <= self._max_wait

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait, a little longer than asked for, so that those who wait do not come at once."""
        assert response is not None, "only answers are retried"
        wait = _asked(response)
        state.custom_values = {"waited": self._waited(state) + wait}
        await asyncio.sleep(wait + random.uniform(0, 0.2))
        state.next_attempt_requested = True
        state.increment_current_attempt()

    @staticmethod
    def _waited(state: RetryState) -> float:
        values: dict[str, Any] = state.custom_values or {}
        return float(values.get("waited", 0.0))


def _asked(response: HttpResponse) -> float:
    for name, values in response.headers.items():
        if name.lower() == "retry-after" and values:
            given = values[0] if isinstance(values, list) else values
            if str(given).isdigit():
                return max(1.0, float(given))
    return 1.0
