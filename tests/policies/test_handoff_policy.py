"""HandoffPolicy and ForwardingPolicy: who answers while a person has the conversation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from tests.policies.dialogue import reload
from tests.policies.handoff_project import DOMAIN, write_project
from xiaoer.policies.forwarding_policy import ForwardingPolicy
from xiaoer.policies.handoff_policy import HandoffPolicy

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_yaml(DOMAIN)


@pytest.fixture
def make(tmp_path: Path):
    def make_policy(kind: type[Policy] = HandoffPolicy, **config: object) -> Policy:
        return kind.create(
            {**kind.get_default_config(), **config},
            LocalModelStorage.create(tmp_path),
            Resource("handoff"),
            ExecutionContext(GraphSchema({}), "model"),
        )

    return make_policy


@pytest.fixture
def policy(make) -> Policy:
    return make()


def says(intent: str, mood: tuple[str, float] | None = None, **metadata: object) -> UserUttered:
    found = {"sentiment": {"label": mood[0], "confidence": mood[1]}} if mood else {}
    return UserUttered("text", {"name": intent}, parse_data=found, metadata=metadata)


def after(domain: Domain, *events: Event) -> DialogueStateTracker:
    """A tracker in which each message is waited for before it comes."""
    tracker = DialogueStateTracker("sender", domain.slots)
    for event in events:
        if isinstance(event, UserUttered):
            tracker.update(ActionExecuted("action_listen"), domain)
        tracker.update(event, domain)
    return tracker


def predicted(policy: Policy, domain: Domain, *events: Event) -> str | None:
    prediction = policy.predict_action_probabilities(after(domain, *events), domain)
    if prediction.max_confidence == 0:
        return None
    return domain.action_names_or_texts[prediction.max_confidence_index]


HANDED_OVER = SlotSet("handoff", "T-1")
ANGRY = ("negative", 0.95)


class TestForwarding:
    """While the slot is filled."""

    @pytest.mark.parametrize("intent", ["greet", "insult", "inform"])
    def test_each_message_is_forwarded_and_the_assistant_listens(self, policy, domain, intent):
        events = (HANDED_OVER, says(intent))
        assert predicted(policy, domain, *events) == "action_forward_to_staff"
        forwarded = (*events, ActionExecuted("action_forward_to_staff"))
        assert predicted(policy, domain, *forwarded) == "action_listen"

    def test_the_action_that_called_a_person_is_the_last_of_its_turn(self, policy, domain):
        events = (says("greet"), ActionExecuted("action_talk_to_human"), HANDED_OVER)
        assert predicted(policy, domain, *events) == "action_listen"

    @pytest.mark.parametrize("intent", ["back_to_bot", "restart", "session_start", "back"])
    def test_a_rule_answers_who_wants_the_assistant_back(self, policy, domain, intent):
        assert predicted(policy, domain, HANDED_OVER, says(intent)) is None

    def test_what_a_program_sets_off_is_not_forwarded(self, policy, domain):
        joined = UserUttered.create_external("handoff_joined")
        assert predicted(policy, domain, HANDED_OVER, joined) is None

    def test_a_customer_cannot_pass_for_a_program(self, policy, domain):
        typed = UserUttered("EXTERNAL: handoff_joined", {"name": "handoff_joined"})
        assert predicted(policy, domain, HANDED_OVER, typed) == "action_forward_to_staff"

    def test_a_message_that_was_handed_back_is_left_to_the_others(self, policy, domain):
        message = says("greet", handed_back=["action_forward_to_staff"])
        assert predicted(policy, domain, HANDED_OVER, message) is None

    def test_it_predicts_nothing_with_an_empty_slot(self, policy, domain):
        assert predicted(policy, domain, says("greet")) is None
        over = (HANDED_OVER, says("greet"), SlotSet("handoff", None), says("greet"))
        assert predicted(policy, domain, *over) is None

    def test_it_wins_over_rules_stories_and_open_forms(self, policy, domain):
        tracker = after(domain, HANDED_OVER, ActiveLoop("order_form"), says("inform"))
        ours = policy.predict_action_probabilities(tracker, domain)
        form = PolicyPrediction.for_action_name(domain, "order_form", "RulePolicy", 1.0)
        form.is_no_user_prediction = True
        story = PolicyPrediction.for_action_name(domain, "utter_greet", "0_MemoizationPolicy", 1.0)
        for order in ([ours, form, story], [story, form, ours]):
            best = DefaultPolicyPredictionEnsemble().combine_predictions(order, tracker, domain)
            assert best.policy_name == "HandoffPolicy"
            assert best.hide_rule_turn, "learned policies go on as if nothing had come between"

    def test_when_its_action_is_rejected_the_others_answer(self, policy, domain):
        rejected = ActionExecutionRejected("action_forward_to_staff")
        tracker = after(domain, HANDED_OVER, says("greet"), rejected)
        ours = policy.predict_action_probabilities(tracker, domain)
        rule = PolicyPrediction.for_action_name(domain, "utter_greet", "RulePolicy", 1.0)
        best = DefaultPolicyPredictionEnsemble().combine_predictions([ours, rule], tracker, domain)
        assert best.policy_name == "RulePolicy"

    def test_a_domain_without_slot_or_action(self, policy):
        for text in (
            "version: '3.1'\nintents: [greet]",
            DOMAIN.replace("action_forward_to_staff, ", ""),
        ):
            other = Domain.from_yaml(text)
            events = [HANDED_OVER] if "handoff" in text else []
            assert predicted(policy, other, *events, says("greet")) is None


class TestAnger:
    """Calling a person unasked."""

    def test_two_angry_messages_in_a_row_call_a_person_and_say_why(self, policy, domain):
        tracker = after(domain, says("inform", ANGRY), says("inform", ANGRY))
        prediction = policy.predict_action_probabilities(tracker, domain)
        action = domain.action_names_or_texts[prediction.max_confidence_index]
        assert action == "action_talk_to_human"
        assert prediction.optional_events == [SlotSet("handoff_reason", "anger")]
        assert prediction.events == [], "what does not win changes nothing"

    @pytest.mark.parametrize(
        "messages",
        [
            [says("insult")],
            [says("insult"), says("greet")],
            [says("insult"), says("greet"), says("insult")],
            [says("inform", ANGRY), says("inform", ("negative", 0.6))],
            [says("inform", ANGRY), says("inform", ("positive", 0.99))],
            [says("inform", ANGRY), SessionStarted(), says("inform", ANGRY)],
            [says("insult"), ActionExecuted("action_talk_to_human"), says("insult")],
            [says("insult"), HANDED_OVER, SlotSet("handoff", None), says("insult")],
        ],
    )
    def test_less_does_not(self, policy, domain, messages):
        assert predicted(policy, domain, *messages) is None

    def test_insults_count_without_a_sentiment(self, policy, domain):
        assert predicted(policy, domain, says("insult"), says("insult")) == "action_talk_to_human"

    def test_answers_to_a_form_may_tell_of_bad_things(self, policy, domain):
        form = (says("inform", ANGRY), ActiveLoop("order_form"))
        assert predicted(policy, domain, *form, says("inform", ANGRY)) is None
        shouted = (*form, says("insult"), ActionExecuted("order_form"), says("insult"))
        assert predicted(policy, domain, *shouted) == "action_talk_to_human"

    def test_only_the_message_itself_sets_it_off(self, policy, domain):
        events = (says("insult"), says("insult"), ActionExecuted("utter_greet"))
        assert predicted(policy, domain, *events) is None

    def test_the_number_is_a_setting(self, make, domain):
        assert predicted(make(anger_messages=0), domain, says("insult"), says("insult")) is None
        assert predicted(make(anger_messages=1), domain, says("insult")) == "action_talk_to_human"

    def test_the_threshold_and_the_intents_are_settings(self, make, domain):
        twice = (says("complain", ("negative", 0.6)),) * 2
        assert predicted(make(), domain, *twice) is None
        assert predicted(make(anger_threshold=0.5), domain, *twice) == "action_talk_to_human"
        assert predicted(make(angry_intents=["complain"]), domain, *twice) == "action_talk_to_human"

    def test_a_domain_without_the_slot_of_the_reason(self, policy):
        other = Domain.from_yaml(DOMAIN.replace("  handoff_reason:", "  another:"))
        tracker = after(other, says("insult"), says("insult"))
        prediction = policy.predict_action_probabilities(tracker, other)
        assert prediction.max_confidence == 1
        assert prediction.optional_events == []


class TestSurvey:
    """The same for another slot and action."""

    def test_two_of_a_kind_stand_side_by_side(self, make, domain):
        survey = make(ForwardingPolicy, slot="survey", forward_action="action_survey")
        assert predicted(
            survey, domain, SlotSet("survey", {"question": "solved"}), says("greet")
        ) == ("action_survey")
        tracker = after(domain, SlotSet("survey", {"a": 1}), HANDED_OVER, says("greet"))
        both = [each.predict_action_probabilities(tracker, domain) for each in (survey, make())]
        best = DefaultPolicyPredictionEnsemble().combine_predictions(both, tracker, domain)
        assert best.policy_name == "HandoffPolicy", "a person goes before a question"

    def test_what_one_hands_back_the_other_hears(self, make, domain):
        survey = make(ForwardingPolicy, slot="survey", forward_action="action_survey")
        message = says("greet", handed_back=["action_forward_to_staff"])
        events = (HANDED_OVER, SlotSet("survey", {"a": 1}), message)
        assert predicted(make(), domain, *events) is None
        assert predicted(survey, domain, *events) == "action_survey"

    def test_anger_is_none_of_its_business(self, make, domain):
        survey = make(ForwardingPolicy, slot="survey", forward_action="action_survey")
        assert predicted(survey, domain, says("insult"), says("insult")) is None


def test_priorities_are_above_all_of_rasas_and_their_own():
    from rasa.core.constants import RULE_POLICY_PRIORITY

    priorities = [
        each.get_default_config()["priority"] for each in (HandoffPolicy, ForwardingPolicy)
    ]
    assert min(priorities) > RULE_POLICY_PRIORITY
    assert len(set(priorities)) == 2


def test_it_is_loaded_without_having_stored_anything(policy, domain):
    policy.train([], domain)
    for finetuning in (False, True):
        loaded = reload(policy, finetuning)
        assert predicted(loaded, domain, HANDED_OVER, says("greet")) == "action_forward_to_staff"


@pytest.mark.slow
def test_in_a_trained_rasa_in_another_process(tmp_path):
    """Rules, a form, memorised stories and CompactPolicy stand beside it."""
    write_project(tmp_path)
    for command in (["-m", "rasa", "train"], ["-m", "tests.policies.handoff_project", tmp_path]):
        folder = tmp_path if "rasa" in command else ROOT
        done = subprocess.run(
            [sys.executable, *command], cwd=folder, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == [
        ["hello", "utter_greet"],
        ["order", "order_form"],
        ["stupid", "utter_greet", "order_form"],
        ["dumb", "action_talk_to_human"],
        ["one", "action_forward_to_staff"],
        ["hello", "action_forward_to_staff"],
        ["bot", "utter_greet"],
    ]
