"""When the assistant is not sure what is meant."""

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.turn import Button, Event, Turn

_TITLE = "utter_intent_"
_LIKELY = 0.1
_MOST = 3

#: Offered when no intent is likely.
_MAIN_TOPICS = ("search_product", "order_status", "return_item", "ask_promotions")


class ActionClarify(ShopAction):
    """Asks what is meant by buttons; the second time in a row it offers a person."""

    action_name = "action_clarify"

    async def perform(self, turn: Turn) -> list[Event]:
        """Offer the likeliest intents that have a title, and the main topics when there is no choice."""
        again = self._failed_before(turn)
        likely = [
            str(each["name"])
            for each in turn.message.ranking
            if float(each.get("confidence") or 0.0) >= _LIKELY
            and f"{_TITLE}{each.get('name')}" in turn.responses
        ][:_MOST]
        topics = likely
        if len(likely) < 2:  # one button is no choice
            main = (each for each in _MAIN_TOPICS if _TITLE + each in turn.responses)
            topics = list(dict.fromkeys([*likely, *main]))[: len(_MAIN_TOPICS)]
        buttons = [self._button(turn, intent) for intent in topics]
        if again:
            buttons.append(turn.button(turn.text("utter_button_human"), "talk_to_human"))
            turn.say("utter_clarify_again", buttons)
        else:
            turn.say("utter_clarify" if likely else "utter_clarify_topics", buttons)
        before = float(turn.slot("failures") or 0.0) if again else 0.0
        events = [SlotSet("failures", min(before + 1.0, 100.0))]
        if turn.slot("search_outcome") == "unclear":
            events.append(SlotSet("search_outcome", None))
        return events

    def _button(self, turn: Turn, intent: str) -> Button:
        return turn.button(turn.text(f"{_TITLE}{intent}"), intent)

    def _failed_before(self, turn: Turn) -> bool:
        """Whether the turn before this one ended here too."""
        return self.name() in turn.actions_of_turn_before()
