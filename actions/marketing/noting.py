"""Telling the outreach service what a customer wants, patiently."""

import asyncio
import logging

from actions.base import DEADLINE
from actions.clients.errors import BackendError
from actions.clients.outreach import Subscription
from actions.turn import Turn

logger = logging.getLogger(__name__)
_PAUSE = 0.3
# What is left of the deadline to say so.
_MARGIN = 0.5


async def note(turn: Turn, wanted: bool) -> Subscription | None:
    """Return what was noted, or None when the service could not be told.

    It is tried again for as long as an action may take, since noting it twice changes nothing and
    somebody who unsubscribes should not have to say it twice.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + DEADLINE - _MARGIN
    while True:
        try:
            asked = turn.backends.outreach.subscribe(turn.customer, wanted)
            return await asyncio.wait_for(asked, max(end - clock(), 0.1))
        except (BackendError, asyncio.TimeoutError) as error:
            logger.warning("A subscription was not noted (%s).", type(error).__name__)
        if clock() + _PAUSE > end:
            return None
        await asyncio.sleep(_PAUSE)
