"""Opening a ticket."""

import asyncio
import logging

from rasa_sdk.events import SlotSet

from actions.clients.errors import BackendError
from actions.clients.handoff import Ticket
from actions.handoff.callback import ask_for_call_back
from actions.handoff.reasons import Why
from actions.handoff.slots import REASON, begin, leave_form
from actions.handoff.summary import known, summary
from actions.handoff.telling import tell
from actions.handoff.transcript import transcript
from actions.service_level import is_priority
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)


async def hand_over(turn: Turn, why: Why) -> list[Event]:
    """Ask for a person, say what comes of it, and return the events.

    Where no ticket can be opened a call-back is asked for.
    """
    ticket = await open_ticket(turn, why)
    if ticket is None:
        await ask_for_call_back(turn)
        return [SlotSet(REASON, None), SlotSet("failures", 0.0), *leave_form(turn)]
    # Who asks for a person has often not said yet what it is about.
    told = tell(turn, ticket, wants_message=why.reason == "asked")
    return [
        *begin(ticket.reference, told),
        SlotSet(REASON, None),
        SlotSet("failures", 0.0),
        *leave_form(turn),
    ]


async def open_ticket(turn: Turn, why: Why, words: str | None = None) -> Ticket | None:
    """Open a ticket and return it, `None` when that fails.

    Args:
        turn: The run.
        why: The reason.
        words: What it is about; by default the customer's last few messages.
    """
    opening = turn.backends.handoff.open(
        turn.customer,
        why.reason,
        why.topic,
        turn.language,
        summary(turn, why, words),
        transcript(turn),
        known(turn),
        turn.idempotency_key("handoff"),
        priority=is_priority(turn),
    )
    try:
        return await asyncio.wait_for(opening, turn.backends.settings.handoff_timeout)
    except (BackendError, asyncio.TimeoutError) as error:
        logger.warning("No ticket was opened (%s).", type(error).__name__)
        return None
