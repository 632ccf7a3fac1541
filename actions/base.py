"""What every action has in common: an answer in good time, whatever happens."""

import asyncio
import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.answering.recording import follow_up
from actions.clients.errors import BackendUnavailable
from actions.handing_back import keep_changes
from actions.noting import note_messages
from actions.service_level import learn_service_level
from actions.turn import Event, Turn

logger = logging.getLogger(__name__)

#: Seconds after which the customer is told that the shop does not answer.
DEADLINE = 4.5


class ShopAction(Action, ABC):
    """An action that never fails before the customer.

    A backend that is down, slow or answers rubbish becomes `utter_backend_down`; an error of ours
    becomes `utter_internal_error` and is logged by its type and place, for its text may hold
    personal data.

    Attributes:
        outcome_slot: The slot that says `unavailable` when a backend was.
    """

    outcome_slot: ClassVar[str | None] = None

    @property
    @abstractmethod
    def action_name(self) -> str:
        """The name in the domain."""

    def name(self) -> str:
        """Return the name in the domain."""
        return self.action_name

    @abstractmethod
    async def perform(self, turn: Turn) -> list[Event]:
        """Answer the customer and return the events.

        Raises:
            BackendUnavailable: Told to the customer by `run`.
        """

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Run `perform` under a deadline and answer for its errors."""
        try:
            turn = Turn(dispatcher, tracker, domain)
            note_messages(turn)
            before = [*follow_up(turn), *await learn_service_level(turn)]
            return keep_changes(before, await asyncio.wait_for(self.perform(turn), DEADLINE))
        except ActionExecutionRejection:
            raise
        except BackendUnavailable as error:
            logger.warning("%s: %s", self.name(), error)
            known = "unknown" if error.outcome_unknown else "down"
            return self._failed(dispatcher, f"utter_backend_{known}")
        except asyncio.TimeoutError:
            logger.warning("%s: not done within %g s", self.name(), DEADLINE)
            return self._failed(dispatcher, "utter_backend_down")
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            logger.error("%s failed with %s at %s", self.name(), type(error).__name__, where)
            return self._failed(dispatcher, "utter_internal_error")

    def _failed(self, dispatcher: CollectingDispatcher, response: str) -> list[Event]:
        dispatcher.utter_message(response=response)
        return self.when_unavailable()

    def when_unavailable(self) -> list[Event]:
        """Return the events of a run that could not be finished."""
        return [SlotSet(self.outcome_slot, "unavailable")] if self.outcome_slot else []
