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
        """Offer the likeliest intents that have a title, else the main topics."""
        again = self._failed_before(turn)
        likely = [
            str(each["name"])
            for each in turn.message.ranking
            if float(each.get("confidence") or 0.0) >= _LIKELY
            and f"{_TITLE}{each.get('name')}" in turn.responses
        ][:_MOST]
        topics = likely or [each for each in _MAIN_TOPICS if _TITLE + each in turn.responses]
        buttons = [self._button(turn, intent) for intent in topics]
        if again:
            buttons.append(turn.button(turn.text("utter_button_human"), "talk_to_human"))
            turn.say("utter_clarify_again", buttons)
        else:
            turn.say("utter_clarify" if likely else "utter_clarify_topics", buttons)
        before = float(turn.slot("failures") or 0.0) if again else 0.0
        return [SlotSet("failures", min(before + 1.0, 100.0))]

    def _button(self, turn: Turn, intent: str) -> Button:
        return turn.button(turn.text(f"{_TITLE}{intent}"), intent)

    def _failed_before(self, turn: Turn) -> bool:
        """Whether the turn before this one ended here too."""
        events = turn.tracker.events
        users = [i for i, event in enumerate(events) if event.get("event") == "user"]
        if len(users) < 2:
            return False
        return any(
            event.get("event") == "action" and event.get("name") == self.name()
            for event in events[users[-2] : users[-1]]
        )
