"""A small dialogue, and functions that ask a policy about it."""

from __future__ import annotations

from rasa.core.policies.policy import Policy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

DOMAIN = """
intents: [greet, search, affirm, deny, price, thanks, weather]
slots:
  outcome:
    type: categorical
    values: [found, none]
    mappings: [{type: custom}]
  language:
    type: text
    influence_conversation: false
    mappings: [{type: custom}]
actions: [do_search, do_more, do_price, never_in_stories]
responses:
  utter_greet: [{text: hi}]
  utter_order: [{text: order}]
  utter_sorry: [{text: sorry}]
  utter_bye: [{text: bye}]
"""
STORIES = """
stories:
- story: found and liked
  steps:
  - intent: greet
  - action: utter_greet
  - intent: search
  - action: do_search
  - slot_was_set: [{outcome: found}]
  - intent: affirm
  - action: utter_order
- story: found and not liked
  steps:
  - intent: search
  - action: do_search
  - slot_was_set: [{outcome: found}]
  - intent: deny
  - action: do_more
  - intent: affirm
  - action: utter_order
- story: nothing found
  steps:
  - intent: search
  - action: do_search
  - slot_was_set: [{outcome: none}]
  - action: utter_sorry
  - intent: thanks
  - action: utter_bye
- story: price
  steps:
  - intent: price
  - action: do_price
  - intent: affirm
  - action: utter_order
  - intent: thanks
  - action: utter_bye
- story: too much
  steps:
  - intent: price
  - action: do_price
  - intent: deny
  - action: do_more
  - intent: thanks
  - action: utter_bye
"""
QUICK = {"epochs": 20, "hidden_size": 32, "members": 2}


def reload(policy: Policy, finetuning: bool = False) -> Policy:
    return type(policy).load(
        policy.config,
        policy._model_storage,
        policy._resource,
        ExecutionContext(GraphSchema({}), "model", is_finetuning=finetuning),
    )


def conversation(domain: Domain, *events: str) -> DialogueStateTracker:
    """A tracker of `intent`, `:action` and `slot=value` in order."""
    tracker = DialogueStateTracker("sender", domain.slots)
    tracker.update(ActionExecuted("action_listen"))
    for event in events:
        if event.startswith(":"):
            tracker.update(ActionExecuted(event[1:]))
        elif "=" in event:
            tracker.update(SlotSet(*event.split("=")))
        else:
            if tracker.latest_action_name != "action_listen":
                tracker.update(ActionExecuted("action_listen"))
            tracker.update(UserUttered(intent={"name": event, "confidence": 1.0}), domain)
    return tracker


def best(policy: Policy, domain: Domain, *events: str) -> tuple[str, float]:
    prediction = policy.predict_action_probabilities(conversation(domain, *events), domain)
    name = domain.action_names_or_texts[prediction.max_confidence_index]
    return name, prediction.max_confidence
