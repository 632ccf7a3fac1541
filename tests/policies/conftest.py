"""Policies trained on the small dialogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph

from tests.policies.dialogue import DOMAIN, QUICK, STORIES, reload
from xiaoer.policies.compact_policy import CompactPolicy


@pytest.fixture(scope="package")
def domain() -> Domain:
    return Domain.from_yaml(DOMAIN)


@pytest.fixture(scope="package")
def trackers(domain: Domain) -> list[TrackerWithCachedStates]:
    steps = YAMLStoryReader(domain).read_from_string(STORIES)
    return TrainingDataGenerator(StoryGraph(steps), domain, augmentation_factor=5).generate()


@pytest.fixture(scope="package")
def make() -> Callable[..., CompactPolicy]:
    def make_policy(folder: Path, finetuning: bool = False, **config: object) -> CompactPolicy:
        return CompactPolicy(
            {**CompactPolicy.get_default_config(), **QUICK, **config},
            LocalModelStorage.create(folder),
            Resource("policy"),
            ExecutionContext(GraphSchema({}), "model", is_finetuning=finetuning),
        )

    return make_policy


@pytest.fixture(scope="package")
def trained(
    tmp_path_factory: pytest.TempPathFactory,
    make: Callable[..., CompactPolicy],
    trackers: list[TrackerWithCachedStates],
    domain: Domain,
) -> CompactPolicy:
    policy = make(tmp_path_factory.mktemp("trained"))
    policy.train(trackers, domain)
    return policy


@pytest.fixture(scope="package")
def reloaded(trained: CompactPolicy) -> CompactPolicy:
    return reload(trained)
