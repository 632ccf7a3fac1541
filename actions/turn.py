"""One run of an action: what the customer said and what is known, and how to answer."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.clients.backends import Backends, backends
from actions.clients.customer import Customer
from actions.message import Message, is_external
from actions.rendering import Responses

LANGUAGES = ("zh", "en")
Button = dict[str, str]
Event = dict[str, Any]


class Turn:
    """What an action works with; made anew for each run."""

    def __init__(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> None:
        self._dispatcher = dispatcher
        self.tracker = tracker
        self.domain = domain
        self.message = Message(tracker.latest_message)
        channel = tracker.get_latest_input_channel()
        self.customer = Customer(channel or "none", tracker.sender_id)
        self.responses = Responses(domain, tracker.slots, channel)

    @property
    def backends(self) -> Backends:
        """The clients of the backends."""
        return backends()

    @property
    def is_trusted(self) -> bool:
        """Whether the channel vouches for who is writing."""
        return self.customer.channel.lower() in self.backends.trusted_channels

    @property
    def language(self) -> str:
        """The language answers are in: zh or en."""
        language = self.tracker.slots.get("language")
        return language if language in LANGUAGES else LANGUAGES[0]

    def slot(self, name: str) -> Any:
        """Return a slot's value, `None` when it is empty or the domain has none."""
        return self.tracker.slots.get(name)

    def say(self, response: str, /, buttons: list[Button] | None = None, **values: Any) -> None:
        """Utter a response, its placeholders filled by `values`."""
        self._dispatcher.utter_message(response=response, buttons=buttons, **values)

    def text(self, response: str, /, **values: Any) -> str:
        """Return a response's text, to be a value in another."""
        return self.responses.text(response, **values)

    def below(self, *lines: str | None) -> str:
        """Return the lines that are not empty, each after a line break, to follow a text."""
        return "".join(f"\n{line}" for line in lines if line)

    def button(self, title: str, intent: str, **entities: Any) -> Button:
        """Return a button that says `intent` with `entities`."""
        data = json.dumps(entities, ensure_ascii=False) if entities else ""
        return {"title": title, "payload": f"/{intent}{data}"}

    def events_since_message(self) -> list[Event]:
        """Return what happened after the customer's latest message."""
        events = self.tracker.events
        return events[self.position_of_message + 1 :]

    def actions_of_turn_before(self) -> list[str]:
        """Return the names of the actions that ran between the last two messages."""
        events = self.tracker.events[: max(self.position_of_message, 0)]
        names: list[str] = []
        for event in reversed(events):
            if event.get("event") == "user":
                break
            if event.get("event") == "action":
                names.append(str(event.get("name")))
        return names

    def idempotency_key(self, operation: str) -> str:
        """Return a key for a write: the same when this turn is run again, else another.

        It is the SHA-256 of the conversation, the place of the customer's latest message in it,
        and the operation.
        """
        position, event = self.position_of_message, self.event_of_message
        parts = [
            self.customer.channel,
            self.customer.sender,
            str(position),
            str(event.get("message_id") or event.get("timestamp")),
            operation,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def message_is_external(self) -> bool:
        """Whether a program, and not the customer, set off the latest message's intent."""
        return is_external(self.event_of_message)

    @property
    def event_of_message(self) -> Event:
        """The event of the customer's latest message, as the tracker has it; empty before one."""
        position = self.position_of_message
        return dict(self.tracker.events[position]) if position >= 0 else {}

    @property
    def position_of_message(self) -> int:
        """The place of the customer's latest message in the events; -1 before the first."""
        events = self.tracker.events
        users = (i for i in range(len(events) - 1, -1, -1) if events[i].get("event") == "user")
        return next(users, -1)
