"""While a slot is filled, one action hears each message of the customer before anything else."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    IS_EXTERNAL,
    USER_INTENT_BACK,
    USER_INTENT_RESTART,
    USER_INTENT_SESSION_START,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.trackers import DialogueStateTracker

from xiaoer.policies.untrained_policy import UntrainedPolicy

#: In a message's metadata: the names of the actions that have heard it and handed it back.
HANDED_BACK = "handed_back"
# Rasa's own, which its RulePolicy answers whatever else goes on.
_RASAS = (USER_INTENT_BACK, USER_INTENT_RESTART, USER_INTENT_SESSION_START)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class ForwardingPolicy(UntrainedPolicy):
    """Answers each message with one action, then listens, for as long as a slot is filled.

    It goes before rules, stories and open forms. The action decides what becomes of a message: it
    keeps it, or hands it back to be handled as any other, by the events `UserUtteranceReverted`,
    `ActionExecuted("action_listen")` and the message as a `UserUttered` whose metadata have the
    action's name in the list `handed_back`. It empties the slot when it need hear no more.

    Not forwarded are messages with one of the `leave_intents`, for which a rule is written, what
    another program triggered (external messages), and `/restart` and the like. The turns are
    hidden from learned policies, which go on afterwards as if nothing had come between.

    Config:
        slot: The slot (no default).
        forward_action: The action (no default).
        leave_intents: Intents that are left to the other policies (default none).
        priority: Above RulePolicy's; two policies of this kind need two priorities (default 9).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {"priority": 9, "slot": None, "forward_action": None, "leave_intents": []}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return the action or `action_listen` as certain, or no preference."""
        action = self.config["forward_action"]
        if not self._is_filled(tracker) or action not in domain.action_names_or_texts:
            return self._nothing(domain)
        if not self._is_heard(tracker) or self._was_rejected(tracker, action):
            return self._nothing(domain)
        starts = tracker.latest_action_name == ACTION_LISTEN_NAME
        return self._certain(domain, action if starts else ACTION_LISTEN_NAME)

    def _is_filled(self, tracker: DialogueStateTracker) -> bool:
        slot = self.config["slot"]
        return slot in tracker.slots and bool(tracker.get_slot(slot))

    def _is_heard(self, tracker: DialogueStateTracker) -> bool:
        """Whether the latest message is the customer's own and one to forward."""
        message = tracker.latest_message
        if message is None or message.intent_name in (*_RASAS, *self.config["leave_intents"]):
            return False
        back = message.metadata.get(HANDED_BACK) or []
        return not message.metadata.get(IS_EXTERNAL) and self.config["forward_action"] not in back

    def _was_rejected(self, tracker: DialogueStateTracker, action: str) -> bool:
        last = tracker.events[-1] if tracker.events else None
        return isinstance(last, ActionExecutionRejected) and last.action_name == action

    def _nothing(self, domain: Domain) -> PolicyPrediction:
        return self._prediction(self._default_predictions(domain))

    def _certain(
        self,
        domain: Domain,
        action: str,
        events: list[Event] | None = None,
        hide_turn: bool = True,
    ) -> PolicyPrediction:
        """Return a prediction that wins.

        RulePolicy says of an open form's action that the message does not matter for it, and such
        a prediction beats all others: so this one says the same.
        """
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        return PolicyPrediction(
            probabilities,
            type(self).__name__,
            self.priority,
            optional_events=events,
            is_no_user_prediction=True,
            hide_rule_turn=hide_turn,
        )
