"""Taking the answers of the survey."""

import asyncio
import logging

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.errors import BackendError
from actions.feedback.offer import reference_of_offer
from actions.feedback.reading import Said, read
from actions.feedback.survey import SLOT, Survey, ask_next, begin, finish, under_way
from actions.handing_back import hand_back
from actions.marketing.answering import answers_outreach
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)

_SECONDS = 1.5


class ActionTakeFeedback(ShopAction):
    """Reads the answer to the open question and asks the next one.

    ForwardingPolicy predicts it for each message while a question is open. A message that is no
    answer ends the survey and is handed back. Without an open question somebody wants to give
    feedback unasked.
    """

    action_name = "action_take_feedback"

    async def perform(self, turn: Turn) -> list[Event]:
        """Keep the answer at once, so that nothing is lost when no other follows."""
        survey = under_way(turn)
        if survey is None:
            return await self._unasked(turn)
        answer = read(turn.message, survey.question)
        if answer is Said.SOMETHING_ELSE:
            return hand_back(turn, self.action_name, SlotSet(SLOT, None))
        if answer is Said.STOP and answers_outreach(turn):
            # It is the marketing message that came in between that is to stop.
            return hand_back(turn, self.action_name, SlotSet(SLOT, None))
        if answer is Said.STOP:
            return finish(turn, survey.given)
        if not isinstance(answer, Said):
            survey = survey.with_answer(answer)
            await self._keep(turn, survey)
        return ask_next(turn, survey)

    async def _unasked(self, turn: Turn) -> list[Event]:
        reference = await reference_of_offer(turn)
        if reference:
            return begin(turn, reference)
        turn.say("utter_feedback_thanks")
        return [SlotSet(SLOT, None)]

    async def _keep(self, turn: Turn, survey: Survey) -> None:
        """Write the answers down; the customer need not know when that fails."""
        giving = turn.backends.feedback.give(turn.customer, survey.reference, survey.given)
        try:
            await asyncio.wait_for(giving, _SECONDS)
        except (BackendError, asyncio.TimeoutError) as error:
            logger.warning("Feedback was not written down (%s).", type(error).__name__)
