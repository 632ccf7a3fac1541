"""CompactPolicy: what it learns, what it stores, and what it does with bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import InvalidConfigException

from tests.policies.dialogue import STORIES, best, conversation, reload
from xiaoer.policies.compact_network import CompactNetwork
from xiaoer.policies.compact_policy import CompactPolicy

FORM_DOMAIN = """
intents: [order, inform, thanks]
actions: [do_order]
slots:
  number: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms: {order_form: {required_slots: [number]}}
responses: {utter_bye: [{text: bye}]}
"""
FORM_STORIES = """
stories:
- story: a form with its turns
  steps:
  - intent: order
  - action: order_form
  - active_loop: order_form
  - intent: inform
  - action: order_form
  - active_loop: order_form
  - intent: inform
  - action: order_form
  - active_loop: null
  - action: do_order
  - intent: thanks
  - action: utter_bye
"""


def test_a_story_is_learned(trained, domain):
    assert best(trained, domain, "search")[0] == "do_search"
    after = ("search", ":do_search", "outcome=found")
    assert best(trained, domain, *after)[0] == "action_listen"
    assert best(trained, domain, *after, "affirm")[0] == "utter_order"
    assert best(trained, domain, *after, "deny")[0] == "do_more"


def test_a_slot_steers(trained, domain):
    assert best(trained, domain, "search", ":do_search", "outcome=none")[0] == "utter_sorry"


def test_a_story_that_was_not_written(trained, domain):
    events = ("greet", ":utter_greet", "price", ":do_price", "deny", ":do_more", "affirm")
    name, confidence = best(trained, domain, *events)
    assert name == "utter_order"
    assert confidence > 0.3


def test_an_unseen_intent_makes_it_unsure(trained, domain):
    known = best(trained, domain, "search", ":do_search", "outcome=found", "affirm")[1]
    unseen = best(trained, domain, "search", ":do_search", "outcome=found", "weather")[1]
    assert unseen < 0.3 < known


def test_probabilities(trained, domain):
    prediction = trained.predict_action_probabilities(conversation(domain, "search"), domain)
    assert len(prediction.probabilities) == domain.num_actions
    assert 0.9 < sum(prediction.probabilities) <= 1 + 1e-5  # less what spoke for silence
    assert all(type(value) is float for value in prediction.probabilities)
    assert prediction.probabilities[domain.index_for_action("never_in_stories")] == 0
    assert prediction.policy_name == "CompactPolicy"
    assert not prediction.is_end_to_end_prediction
    json.dumps(prediction.probabilities)


SILENT_STORIES = (
    STORIES
    + """
- story: left alone
  steps:
  - intent: weather
  - action: action_listen
  - intent: weather
  - action: utter_sorry
"""
)


def test_a_message_is_not_left_unanswered(trained, domain):
    listen = domain.index_for_action("action_listen")
    for intent in domain.intents:
        for before in ((), ("search", ":do_search", "outcome=found"), ("price", ":do_price")):
            tracker = conversation(domain, *before, intent)
            assert trained.predict_action_probabilities(tracker, domain).probabilities[listen] == 0
    answered = conversation(domain, "search", ":do_search", "outcome=found")
    assert trained.predict_action_probabilities(answered, domain).probabilities[listen] > 0.5


def test_a_story_may_leave_a_message_unanswered(make, tmp_path, domain):
    steps = YAMLStoryReader(domain).read_from_string(SILENT_STORIES)
    made = TrainingDataGenerator(StoryGraph(steps), domain, augmentation_factor=0).generate()
    policy = make(tmp_path, epochs=60)
    policy.train(made, domain)
    assert best(policy, domain, "weather")[0] == "action_listen"


def test_it_is_the_same_after_loading(trained, reloaded, domain):
    tracker = conversation(domain, "search", ":do_search", "outcome=found", "deny")
    before = trained.predict_action_probabilities(tracker, domain).probabilities
    after = reloaded.predict_action_probabilities(tracker, domain).probabilities
    assert before == after


def test_nothing_is_pickled(trained):
    with trained._model_storage.read_from(trained._resource) as folder:
        names = sorted(file.name for file in folder.iterdir())
    assert names == ["featurizer.json", "layout.json", "weights.safetensors"]


def test_an_empty_conversation(trained, domain):
    prediction = trained.predict_action_probabilities(conversation(domain), domain)
    assert len(prediction.probabilities) == domain.num_actions


def test_the_happy_turns_of_a_form_shift_nothing(make, tmp_path):
    """Rasa's training trackers keep those turns in the states and drop them from the labels."""
    domain = Domain.from_yaml(FORM_DOMAIN)
    steps = YAMLStoryReader(domain).read_from_string(FORM_STORIES)
    made = TrainingDataGenerator(StoryGraph(steps), domain, augmentation_factor=0).generate()
    policy = make(tmp_path, epochs=40)
    policy.train(made, domain)
    tracker = made[0].as_dialogue().events[:-1]
    for number, event in enumerate(tracker):
        if isinstance(event, ActionExecuted) and event.action_name in ("utter_bye", "do_order"):
            before = DialogueStateTracker.from_events("sender", tracker[:number], domain.slots)
            prediction = policy.predict_action_probabilities(before, domain)
            name = domain.action_names_or_texts[prediction.max_confidence_index]
            assert name == event.action_name


def test_a_long_conversation(trained, domain):
    name, _ = best(trained, domain, *["greet", ":utter_greet"] * 200, "price")
    assert name == "do_price"


def test_the_same_seed_gives_the_same_weights(trained, make, trackers, domain, tmp_path):
    again = make(tmp_path)
    again.train(trackers, domain)
    for name, weight in trained._network.weights.items():
        assert (weight == again._network.weights[name]).all()


def test_another_seed_gives_other_weights(trained, make, trackers, domain, tmp_path):
    other = make(tmp_path, random_seed=1, epochs=1)
    other.train(trackers, domain)
    name = "layer0.attention.query"
    assert (trained._network.weights[name] != other._network.weights[name]).any()


def test_finetuning_goes_on_from_what_was_learned(trained, trackers, domain, tmp_path, make):
    loaded = reload(trained, finetuning=True)
    loaded.config = {**loaded.config, "epochs": 1, "learning_rate": 1e-6}
    before = {name: value.copy() for name, value in loaded._network.weights.items()}
    loaded._model_storage = make(tmp_path)._model_storage
    loaded.train(trackers, domain)
    after = loaded._network.weights["head.weight"]
    assert abs(after - before["head.weight"]).max() < 1e-3
    assert (after != before["head.weight"]).any()


def test_without_stories_it_predicts_nothing(make, domain, tmp_path):
    policy = make(tmp_path)
    policy.train([], domain)
    loaded = reload(policy)
    prediction = loaded.predict_action_probabilities(conversation(domain, "search"), domain)
    assert prediction.max_confidence == 0


def test_training_stops_in_time(make, trackers, domain, tmp_path):
    policy = make(tmp_path, epochs=100_000, max_training_time=0.5)
    policy.train(trackers, domain)
    assert best(policy, domain, "search")[0]


@pytest.mark.parametrize(
    "wrong", [{"epochs": 0}, {"members": "three"}, {"hidden_size": 30, "heads": 4}]
)
def test_a_wrong_config_is_refused(make, tmp_path, wrong):
    with pytest.raises(InvalidConfigException, match="CompactPolicy"):
        make(tmp_path, **wrong)


def test_actions_that_left_the_domain_are_left_out(reloaded, domain):
    smaller = domain.from_yaml("intents: [search]\nactions: [do_search]\nslots: {}\nresponses: {}")
    prediction = reloaded.predict_action_probabilities(conversation(smaller, "search"), smaller)
    assert len(prediction.probabilities) == smaller.num_actions


def test_serving_imports_no_torch(trained, tmp_path: Path):
    network: CompactNetwork = trained._network
    network.save(tmp_path)
    code = (
        "import sys, numpy, pathlib\n"
        "from xiaoer.policies.compact_network import CompactNetwork\n"
        f"network = CompactNetwork.load(pathlib.Path({str(tmp_path)!r}))\n"
        "size = len(network.layout.features)\n"
        "print(network.probabilities(numpy.zeros((1, 2, size), 'float32')).shape[1])\n"
        "assert not {'torch', 'tensorflow'} & set(sys.modules)\n"
    )
    components = Path(sys.modules["xiaoer"].__path__[0]).parent
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(components)},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(network.layout.actions)


def test_the_code_beside_it_counts_in_the_fingerprint():
    assert len(CompactPolicy.fingerprint_addon({})) == 64
