"""Asking back what is meant."""

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.answering.recording import ACTION as FALLBACK
from actions.base import ShopAction
from actions.turn import Button, Event, Turn

CLARIFYING = ("action_clarify", FALLBACK)

_TITLE = "utter_intent_"
_LIKELY = 0.1
_MOST = 3

#: Offered when no intent is likely.
_MAIN_TOPICS = ("search_product", "order_status", "return_item", "ask_promotions")


class ActionClarify(ShopAction):
    """Asks what is meant by buttons; the second time in a row it offers a person."""

    action_name = "action_clarify"

    async def perform(self, turn: Turn) -> list[Event]:
        """Offer the likeliest intents."""
        return clarify(turn)


def failures_before(turn: Turn) -> float:
    """Return how many turns in a row before this one ended in asking back."""
    if not set(CLARIFYING) & set(turn.actions_of_turn_before()):
        return 0.0
    return float(turn.slot("failures") or 0.0)


def clarify(turn: Turn, offers: Sequence[Button] = ()) -> list[Event]:
    """Offer buttons, the likeliest intents that have a title, and the main topics when there is
    no choice.

    Args:
        turn: the run.
        offers: buttons that go before those of intents.

    Returns:
        The events that count the failure.
    """
    before = failures_before(turn)
    likely = [
        str(each["name"])
        for each in turn.message.ranking
        if float(each.get("confidence") or 0.0) >= _LIKELY
        and f"{_TITLE}{each.get('name')}" in turn.responses
    ][: max(_MOST - len(offers), 1)]
    topics = likely
    if len(likely) + len(offers) < 2:  # one button is no choice
        main = (each for each in _MAIN_TOPICS if _TITLE + each in turn.responses)
        topics = list(dict.fromkeys([*likely, *main]))[: len(_MAIN_TOPICS)]
    buttons = [*offers, *(_button(turn, intent) for intent in topics)]
    if before:
        buttons.append(turn.button(turn.text("utter_button_human"), "talk_to_human"))
        turn.say("utter_clarify_again", buttons)
    else:
        turn.say("utter_clarify" if likely or offers else "utter_clarify_topics", buttons)
    events = [SlotSet("failures", min(before + 1.0, 100.0))]
    if turn.slot("search_outcome") == "unclear":
        events.append(SlotSet("search_outcome", None))
    return events


def _button(turn: Turn, intent: str) -> Button:
    return turn.button(turn.text(f"{_TITLE}{intent}"), intent)
