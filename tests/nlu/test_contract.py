"""Every component of ``xiaoer.nlu`` does what Rasa, its neighbours and designers rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from tests.nlu import component_contract as contract
from tests.nlu.component_contract import CASES, SCANTY, TEXTS
from xiaoer import nlu
from xiaoer.lm import Encoder

ROOT = Path(__file__).resolve().parents[2]
every = pytest.mark.parametrize("name", nlu.__all__)
Train = Callable[[str], list[GraphComponent]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the components learn, a folder for each."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def learned(models: Path) -> Train:
    """Components trained on the shop's data, after those they require; each once."""
    found: dict[str, list[GraphComponent]] = {}

    def train(name: str) -> list[GraphComponent]:
        if name not in found:
            found[name] = contract.train_chain(name, models / name)
        return found[name]

    return train


@pytest.fixture(scope="module")
def elsewhere(models: Path, learned: Train) -> dict[str, Any]:
    """What all of them say in one other process, and which heavy modules it imported."""
    for name in nlu.__all__:
        learned(name)
    done = subprocess.run(
        [sys.executable, "-m", "tests.nlu.component_process", str(models), *nlu.__all__],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "components"), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_every_component_has_a_case() -> None:
    assert set(CASES) == set(nlu.__all__), "say in component_contract how it is tested"


@every
def test_definition(name: str) -> None:
    contract.check_definition(getattr(nlu, name))


@every
def test_created_from_defaults(name: str, storage) -> None:
    component = getattr(nlu, name)
    config = component.get_default_config()
    made = component.create(config, storage, Resource(name), contract.context())
    message = Message({TEXT: CASES[name].text})
    assert made.process([message]) == [message]
    assert config == component.get_default_config()


@every
def test_it_learns_and_takes_any_message(name: str, learned: Train) -> None:
    case = CASES[name]
    *before, component = learned(name)
    assert case.shows(contract.answers(learned(name), [case.text])[0])
    contract.check_processing(component, TEXTS, before, case.verbatim)


@every
def test_another_process_says_the_same(name: str, learned: Train, elsewhere) -> None:
    here = contract.answers(learned(name), [*TEXTS, CASES[name].text])
    assert elsewhere["said"][name] == here


def test_serving_needs_no_torch(elsewhere) -> None:
    assert elsewhere["heavy"] == []


@every
def test_same_data_same_model(name: str, learned: Train, tmp_path: Path) -> None:
    again = contract.train_chain(name, tmp_path)
    texts = [*TEXTS, CASES[name].text]
    assert contract.answers(again, texts) == contract.answers(learned(name), texts)


@every
@pytest.mark.parametrize("data", SCANTY)
def test_scanty_training_data(name: str, data: str, tmp_path: Path) -> None:
    def examples() -> TrainingData:
        return TrainingData(deepcopy(SCANTY[data]))

    components = contract.train_chain(name, tmp_path, examples)
    for output in contract.answers(components, ["hello", "😀", "手机" * 2500, ""]):
        intents = {message.get("intent") for message in SCANTY[data]}
        assert (output.get("intent") or {}).get("name") in {None, *intents}


@every
def test_fingerprint_follows_configuration(name: str) -> None:
    component = getattr(nlu, name)
    config = component.get_default_config()

    def key(**changed: object) -> str:
        return calculate_fingerprint_key(component, {**config, **changed}, {})

    assert key() == key()
    other = {
        key: not value if isinstance(value, bool) else value + 1
        for key, value in config.items()
        if isinstance(value, (bool, int, float)) and key != "threads"
    }
    assert len({key(), *(key(**{one: value}) for one, value in other.items())}) == len(other) + 1


@every
def test_fingerprint_follows_the_base_model(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    component = getattr(nlu, name)
    config = component.get_default_config()
    if "model" not in config:
        pytest.skip("reads no base model")
    before = component.fingerprint_addon(config)
    # tests/lm show that the encoder's own fingerprint follows its weights.
    fingerprint = Encoder.fingerprint
    monkeypatch.setattr(Encoder, "fingerprint", lambda encoder: fingerprint(encoder) + "!")
    assert component.fingerprint_addon(config) != before


def _pipeline() -> list[dict[str, Any]]:
    """All components, tokenizers first and each after those it requires."""

    def order(name: str) -> tuple[bool, int]:
        types = DefaultV1Recipe._registered_components[name].types
        return DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER not in types, len(
            contract.chain(name)
        )

    classes = {name: getattr(nlu, name) for name in nlu.__all__}
    return [
        {"name": f"xiaoer.nlu.{name}", **CASES[name].config} for name in sorted(classes, key=order)
    ]


@pytest.mark.timeout(900)
def test_cross_validation(learned: Train, tmp_path: Path) -> None:
    config = {"recipe": "default.v1", "language": "zh", "pipeline": _pipeline(), "policies": []}
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (tmp_path / "nlu.yml").write_text(contract.shop_data().nlu_as_yaml(), "utf-8")
    command = ["rasa", "test", "nlu", "--cross-validation", "--folds", "2", "--no-plot"]
    files = ["--config", "config.yml", "--nlu", "nlu.yml", "--out", "results"]
    done = subprocess.run(
        [sys.executable, "-m", *command, *files],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "components")},
        capture_output=True,
        text=True,
        timeout=800,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads((tmp_path / "results" / "intent_report.json").read_text("utf-8"))
    assert report["weighted avg"]["support"] == len(contract.shop_data().intent_examples)
    assert report["accuracy"] > 0.5
    # Rasa reports on each extractor that found anything.
    found = {path.name.removesuffix("_report.json") for path in (tmp_path / "results").iterdir()}
    texts = [message.get(TEXT) for message in contract.shop_data().nlu_examples]
    said = [output for name in nlu.__all__ for output in contract.answers(learned(name), texts)]
    extractors = {entity["extractor"] for output in said for entity in output.get("entities", [])}
    assert "BertIntentEntityClassifier" in extractors
    assert extractors <= found
