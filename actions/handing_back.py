"""Giving a message that an action has heard first back to the assistant."""

from rasa_sdk.events import ActionExecuted, UserUtteranceReverted

from actions.turn import Event, Turn

# What ForwardingPolicy looks for, so that the message does not come to the same action again.
_MARK = "handed_back"
_KEPT = ("event", "text", "parse_data", "input_channel", "message_id")


def hand_back(turn: Turn, action: str, *changes: Event) -> list[Event]:
    """Return events after which the latest message is handled as if nobody had heard it.

    Args:
        turn: The run.
        action: The name of the action that has heard it.
        changes: Events that hold all the same, such as slots that are emptied.
    """
    message = turn.event_of_message
    if not message:
        return list(changes)
    metadata = dict(message.get("metadata") or {})
    metadata[_MARK] = [*(metadata.get(_MARK) or []), action]
    again = {**{name: message.get(name) for name in _KEPT}, "metadata": metadata}
    return [UserUtteranceReverted(), *changes, ActionExecuted("action_listen"), again]


def keep_changes(before: list[Event], events: list[Event]) -> list[Event]:
    """Return `before` and `events` in an order in which handing back undoes neither."""
    if events and events[0].get("event") == "rewind":
        return [events[0], *before, *events[1:]]
    return [*before, *events]
