"""What the validators of all forms have in common."""

from abc import abstractmethod
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.forms import REQUESTED_SLOT

from actions.base import ShopAction
from actions.forms.answers import READERS
from actions.turn import Event, Turn


class FormEnded(Exception):
    """The form cannot go on; the customer was told why.

    Attributes:
        outcome: For the slot `order_outcome`.
    """

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Answers:
    """What a form knows during one run of its validator.

    Attributes:
        required: The form's slots in the order they are asked.
        requested: The slot asked for before the latest message, `None` when the form just began.
        given: What Rasa extracted from the latest message (or finds filled as the form begins).
        changes: Slots to set.
    """

    def __init__(self, turn: Turn, form: str) -> None:
        self.required: list[str] = list(turn.domain["forms"][form]["required_slots"])
        self.begins = any(
            event.get("event") == "active_loop" and event.get("name") == form
            for event in turn.events_since_message()
        )
        self.requested: str | None = None if self.begins else turn.slot(REQUESTED_SLOT)
        candidates = turn.tracker.slots_to_validate()
        self.given = {name: candidates[name] for name in self.required if name in candidates}
        self.changes: dict[str, Any] = {}
        self._slots = turn.tracker.slots

    def __getitem__(self, name: str) -> Any:
        return self.changes[name] if name in self.changes else self._slots.get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a slot if it changes anything: Rasa takes any slot set for an answer."""
        if self[name] != value:
            self.changes[name] = value

    def hear(self, name: str, value: Any) -> None:
        """Set a slot from an answer, also from one that cannot be read."""
        self.changes[name] = value


class FormValidator(ShopAction):
    """Reads each answer, asks again for what cannot be read, and says which slot comes next.

    Which message is an answer and which an aside is for the slot mappings in domain.yml to say.
    Free text counts only for the slot that was asked for: what an abandoned form left, or a
    message that began the form, does not.
    """

    outcome_slot = "order_outcome"

    @property
    @abstractmethod
    def form(self) -> str:
        """The form's name."""

    @property
    def action_name(self) -> str:
        """Return validate_ and the form's name, as Rasa calls it."""
        return f"validate_{self.form}"

    async def perform(self, turn: Turn) -> list[Event]:
        """Read the answers and return what they make of the slots."""
        answers = Answers(turn, self.form)
        if answers.begins:
            answers["order_outcome"] = None
        try:
            self.read(turn, answers)
            await self.check(turn, answers)
        except FormEnded as end:
            answers.hear("order_outcome", end.outcome)
            answers["phone_last4"] = None
            return self._events(answers, None)
        missing = (name for name in self.wanted(answers) if answers[name] is None)
        return self._events(answers, next(missing, None))

    def read(self, turn: Turn, answers: Answers) -> None:
        """Read what was given for each slot, telling the customer what cannot be read."""
        for name in answers.required:
            read = READERS.get(name)
            if read is None:
                continue
            if name not in answers.given:
                if answers.begins:
                    answers[name] = None
                continue
            if not self.is_answer(turn, answers, name):
                answers.hear(name, None if answers.begins else _before(turn, name))
                continue
            value, complaint = read(answers.given[name])
            if complaint:
                turn.say(complaint)
            answers.hear(name, value)

    def is_answer(self, turn: Turn, answers: Answers, name: str) -> bool:
        """Whether what was given for a free-text slot is the answer to a question."""
        return answers.requested == name

    async def check(self, turn: Turn, answers: Answers) -> None:
        """Check the answers against each other or a backend.

        Raises:
            FormEnded: If the form cannot go on.
        """

    def wanted(self, answers: Answers) -> list[str]:
        """Return the slots that must be filled, in order."""
        return answers.required

    def when_unavailable(self) -> list[Event]:
        """End the form."""
        return [
            SlotSet("phone_last4", None),
            SlotSet("order_outcome", "unavailable"),
            SlotSet(REQUESTED_SLOT, None),
        ]

    def _events(self, answers: Answers, following: str | None) -> list[Event]:
        changes = [SlotSet(name, value) for name, value in answers.changes.items()]
        return [*changes, SlotSet(REQUESTED_SLOT, following)]


def _before(turn: Turn, name: str) -> Any:
    """Return a slot's value as it was before the latest message."""
    since = len(turn.events_since_message())
    earlier = turn.tracker.events[: len(turn.tracker.events) - since]
    values = (
        event.get("value")
        for event in reversed(earlier)
        if event.get("event") == "slot" and event.get("name") == name
    )
    return next(values, None)
