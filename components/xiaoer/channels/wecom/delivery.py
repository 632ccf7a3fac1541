"""What the API's refusals mean for a message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from xiaoer.channels.errors import ChannelError
from xiaoer.channels.storage import StoreError
from xiaoer.channels.tencent import ApiError, ApiUnavailable

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds between the tries of what may succeed later: ten minutes in all.
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 120.0, 120.0, 180.0)

_REASONS = {
    40001: "WeCom does not accept the secret: compare it with the admin console.",
    40003: "WeCom does not know this user.",
    40013: "WeCom does not accept the corp_id: compare it with the admin console.",
    45002: "The message is too long for WeCom.",
    45009: "WeCom's limit of calls is reached; it lifts by itself.",
    45033: "WeCom is asked too often at once; it lifts by itself.",
    48002: "The app has no right to this API: grant it in the admin console.",
    60011: "The member is outside the app's visible range.",
    60020: "WeCom refuses this server's address: add it to the app's trusted IPs.",
    60111: "WeCom does not know this member.",
    81013: "WeCom does not know this member, or the app is not visible to them.",
    95001: "The customer was sent five messages since they last wrote.",
    95002: "The customer last wrote more than 48 hours ago.",
    95013: "The session has ended; it opens again when the customer writes.",
    95018: "The session is with a servicer, in the queue or ended.",
    301002: "The secret belongs to another app than agent_id.",
}
# Faults of configuration are put right by people, so the message is worth keeping a while.
_LATER = frozenset({-1, 40001, 40013, 40014, 42001, 45009, 45033, 48002, 60020, 301002})


class NotDelivered(ChannelError):
    """WeCom did not take a message; the text says why, in one sentence for developers.

    Attributes:
        code: The platform's error code, None when it could not be reached.
        later: Whether the same message may be taken later.
        uncertain: Whether it may have been delivered nevertheless.
    """

    def __init__(
        self, reason: str, code: int | None = None, later: bool = False, uncertain: bool = False
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.later = later
        self.uncertain = uncertain


def refused(error: ApiError) -> NotDelivered:
    """Return what an error of the API means for the message it was called with."""
    if isinstance(error, ApiUnavailable):
        return NotDelivered("WeCom does not answer.", later=True, uncertain=error.sent)
    code = error.code or 0
    reason = _REASONS.get(code, f"WeCom refused the message (error {code}).")
    return NotDelivered(reason, code, later=code in _LATER)


def is_known(code: int) -> bool:
    """Tell whether an error code has a meaning here."""
    return code in _REASONS or code in _LATER


async def persistently(call: Callable[[bool], Awaitable[Answer]], again: bool = False) -> Answer:
    """Call the platform, again after a while where that may help.

    Args:
        call: Say, sends a message; its argument says whether it may have succeeded before.
        again: What the first call is told.

    Raises:
        NotDelivered: It is of no use, or was not for ten minutes.
    """
    for pause in (*PAUSES, None):
        try:
            return await call(again)
        except NotDelivered as error:
            if not error.later or pause is None:
                raise
            again = again or error.uncertain
            logger.warning("%s The message waits %g s.", error, pause)
        except (StoreError, asyncio.TimeoutError) as error:
            if pause is None:
                raise
            again = True
            logger.warning("%s: the message waits %g s.", type(error).__name__, pause)
        await asyncio.sleep(pause)
    raise AssertionError("the last try returns or raises")
