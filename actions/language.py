"""Which language the assistant answers in."""

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.turn import LANGUAGES, Event, Turn


class ActionSwitchLanguage(ShopAction):
    """Answers in the language asked for from now on."""

    action_name = "action_switch_language"

    async def perform(self, turn: Turn) -> list[Event]:
        """Confirm in the new language, or ask which of the two."""
        wanted = turn.message.value("target_language")
        if wanted is None:
            turn.say("utter_which_language")
            return []
        code = wanted.strip().lower()
        if code not in LANGUAGES:
            turn.say("utter_language_not_spoken")
            return []
        # One response a language: Rasa would choose a variation by the slot as it still is.
        turn.say(f"utter_language_is_{code}")
        return [SlotSet("language", code), SlotSet("wished_language", code)]
