"""Keeps the assistant silent while a person has the conversation, and calls one on anger."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, IS_EXTERNAL
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from xiaoer.policies.forwarding_policy import ForwardingPolicy

#: What the slot of the reason is set to.
ANGER = "anger"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class HandoffPolicy(ForwardingPolicy):
    """Forwards each message to a person while one has the conversation, and calls one on anger.

    While the slot is filled it is a `ForwardingPolicy`. While it is not, it counts the messages in
    a row that are angry: those with one of the `angry_intents`, and those whose parse result holds
    a negative `sentiment` (see `SentimentAnalyzer`) of at least `anger_threshold`. In a form only
    the intents count, for its answers tell of bad things calmly. At `anger_messages` of them it
    predicts the action that calls a person, with the reason in a slot, and begins anew.

    Config:
        slot: Filled while a person has the conversation (default `handoff`).
        forward_action: Hears the messages meanwhile (default `action_forward_to_staff`).
        leave_intents: Take the customer back to the assistant (default `[back_to_bot]`).
        handoff_action: Calls a person (default `action_talk_to_human`).
        reason_slot: Set to `anger` before that action runs (default `handoff_reason`).
        angry_intents: Intents of an angry message (default `[insult]`).
        anger_threshold: Least confidence of a negative sentiment, 0 to 1 (default 0.9).
        anger_messages: How many angry messages in a row call a person; 0: none do (default 2).
        priority: Above RulePolicy's (default 10).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {
            "priority": 10,
            "slot": "handoff",
            "forward_action": "action_forward_to_staff",
            "leave_intents": ["back_to_bot"],
            "handoff_action": "action_talk_to_human",
            "reason_slot": "handoff_reason",
            "angry_intents": ["insult"],
            "anger_threshold": 0.9,
            "anger_messages": 2,
        }

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return what to do as certain, or no preference."""
        action, reason = self.config["handoff_action"], self.config["reason_slot"]
        if self._is_filled(tracker) or action not in domain.action_names_or_texts:
            return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        starts = tracker.latest_action_name == ACTION_LISTEN_NAME
        calls = starts and self._is_heard(tracker) and self._is_enough(tracker)
        if not calls or self._was_rejected(tracker, action):
            return self._nothing(domain)
        events = [SlotSet(reason, ANGER)] if reason in tracker.slots else []
        return self._certain(domain, action, events, hide_turn=False)

    def _is_enough(self, tracker: DialogueStateTracker) -> bool:
        """Whether the customer's last messages, up to the latest, were angry."""
        wanted = self.config["anger_messages"]
        return 0 < wanted <= self._angry_in_a_row(tracker)

    def _angry_in_a_row(self, tracker: DialogueStateTracker) -> int:
        """Return how many messages in a row were angry since the session or a hand-over began."""
        count, in_form = 0, False
        for event in tracker.applied_events():
            if isinstance(event, ActiveLoop):
                in_form = bool(event.name)
            elif self._starts_anew(event):
                count = 0
            elif isinstance(event, UserUttered) and not event.metadata.get(IS_EXTERNAL):
                count = count + 1 if self._is_angry(event, in_form) else 0
        return count

    def _starts_anew(self, event: object) -> bool:
        if isinstance(event, ActionExecuted):
            return event.action_name == self.config["handoff_action"]
        return isinstance(event, SlotSet) and event.key == self.config["slot"]

    def _is_angry(self, message: UserUttered, in_form: bool) -> bool:
        if message.intent_name in self.config["angry_intents"]:
            return True
        found: dict[str, Any] = dict(message.parse_data or {}).get("sentiment") or {}
        negative = found.get("label") == "negative"
        sure = float(found.get("confidence") or 0.0) >= self.config["anger_threshold"]
        return negative and sure and not in_form
