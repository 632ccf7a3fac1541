"""Keeps the slot `language` at the language of the customer's latest words."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from xiaoer.policies.untrained_policy import UntrainedPolicy


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class LanguagePolicy(UntrainedPolicy):
    """Fills a slot from what `LanguageIdentifier` found, and predicts no action.

    A policy may apply events whether it wins or not (`PolicyPrediction.events`). Filling the slot
    here rather than from an entity keeps an entity over the whole message out of the parse result,
    where it would overlap all others and have to be annotated in each test conversation.
    The slot changes once a turn, before its first action, so that an action which sets it
    (the customer asks for another language) is not overruled in the same turn.

    Where the customer has asked for a language, which an action notes in the slot `wish`, the slot
    keeps that one, whatever language the following messages are in.

    Config:
        slot: The slot to fill (default `language`).
        wish: The slot that holds the language asked for (default `wished_language`); a domain
            without it has no such wishes.
        priority: Below all others: the policy predicts nothing that could win.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {"priority": 0, "slot": "language", "wish": "wished_language"}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return no preference, with the event that sets the slot when it has to change."""
        return self._prediction(self._default_predictions(domain), events=self._events(tracker))

    def _events(self, tracker: DialogueStateTracker) -> list[SlotSet]:
        message, slot = tracker.latest_message, self.config["slot"]
        if message is None or slot not in tracker.slots:
            return []
        found = (message.parse_data or {}).get("language") or {}
        wish = self.config["wish"]
        wished = tracker.get_slot(wish) if wish in tracker.slots else None
        # A mixed message is answered in the language that dominates in it.
        code = wished or found.get("dominant") or found.get("code")
        starts_turn = tracker.latest_action_name == ACTION_LISTEN_NAME
        told = code not in (None, "mixed", "unknown")
        if not told or not starts_turn or tracker.get_slot(slot) == code:
            return []
        return [SlotSet(slot, code)]
