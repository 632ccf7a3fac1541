"""LanguagePolicy: the slot follows the customer's latest words."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from tests.policies.dialogue import reload
from xiaoer.policies.language_policy import LanguagePolicy


@pytest.fixture
def policy(tmp_path: Path) -> LanguagePolicy:
    return LanguagePolicy.create(
        LanguagePolicy.get_default_config(),
        LocalModelStorage.create(tmp_path),
        Resource("language"),
        ExecutionContext(GraphSchema({}), "model"),
    )


def after(domain: Domain, code: str | None, slot: str | None = None) -> DialogueStateTracker:
    tracker = DialogueStateTracker("sender", domain.slots)
    if slot:
        tracker.update(SlotSet("language", slot))
    tracker.update(ActionExecuted("action_listen"))
    parsed = {"language": {"code": code, "confidence": 1.0}} if code else {}
    tracker.update(UserUttered("text", {"name": "greet"}, parse_data=parsed), domain)
    return tracker


def test_the_slot_is_set(policy, domain):
    prediction = policy.predict_action_probabilities(after(domain, "en"), domain)
    assert prediction.events == [SlotSet("language", "en")]
    assert prediction.max_confidence == 0


@pytest.mark.parametrize(("code", "slot"), [("en", "en"), (None, "en"), (None, None)])
def test_nothing_changes_without_need(policy, domain, code, slot):
    tracker = after(domain, code, slot)
    assert policy.predict_action_probabilities(tracker, domain).events == []


@pytest.mark.parametrize(
    ("found", "events"),
    [
        ({"code": "mixed", "dominant": "en", "confidence": 0.9}, [SlotSet("language", "en")]),
        ({"code": "mixed", "dominant": "zh", "confidence": 0.9}, []),
        ({"code": "unknown", "confidence": 1.0}, []),
    ],
)
def test_mixed_and_unknown_messages(policy, domain, found, events):
    tracker = after(domain, None, "zh")
    tracker.update(UserUttered("text", {"name": "greet"}, parse_data={"language": found}), domain)
    assert policy.predict_action_probabilities(tracker, domain).events == events


def test_an_action_of_the_turn_is_not_overruled(policy, domain):
    tracker = after(domain, "zh")
    tracker.update(ActionExecuted("do_search"))
    tracker.update(SlotSet("language", "en"))
    assert policy.predict_action_probabilities(tracker, domain).events == []


def test_the_next_message_sets_it_again(policy, domain):
    tracker = after(domain, "zh", "en")
    prediction = policy.predict_action_probabilities(tracker, domain)
    assert prediction.events == [SlotSet("language", "zh")]


def test_the_event_is_applied_though_another_policy_wins(policy, domain):
    tracker = after(domain, "en")
    ours = policy.predict_action_probabilities(tracker, domain)
    winner = PolicyPrediction.for_action_name(domain, "utter_greet", "RulePolicy", 1.0)
    best = DefaultPolicyPredictionEnsemble().combine_predictions([ours, winner], tracker, domain)
    assert best.policy_name == "RulePolicy"
    assert SlotSet("language", "en") in best.events


WISHES = """
slots:
  language: {type: text, mappings: [{type: custom}]}
  wished_language: {type: text, mappings: [{type: custom}]}
"""


def test_a_language_that_was_asked_for_is_kept(policy):
    domain = Domain.from_yaml(WISHES)
    tracker = after(domain, "zh", "en")
    tracker.slots["wished_language"].value = "en"
    assert policy.predict_action_probabilities(tracker, domain).events == []
    tracker.slots["language"].value = "zh"
    assert policy.predict_action_probabilities(tracker, domain).events == [
        SlotSet("language", "en")
    ]


def test_its_priority_is_its_own():
    """Rasa warns of policies that share one."""
    from rasa.core.constants import DEFAULT_POLICY_PRIORITY

    assert LanguagePolicy.get_default_config()["priority"] < DEFAULT_POLICY_PRIORITY


def test_a_domain_without_the_slot(policy):
    domain = Domain.from_yaml("intents: [greet]")
    assert policy.predict_action_probabilities(after(domain, "en"), domain).events == []


def test_no_message_yet(policy, domain):
    tracker = DialogueStateTracker("sender", domain.slots)
    assert policy.predict_action_probabilities(tracker, domain).events == []


def test_it_is_loaded_without_having_stored_anything(policy, trackers, domain):
    policy.train(trackers, domain)
    loaded = reload(policy)
    tracker = after(domain, "en")
    assert loaded.predict_action_probabilities(tracker, domain).events
