"""A learned dialogue policy for stories that were not written word for word."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTIVE_LOOP, SLOTS
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ACTION_NAME, ENTITIES, INTENT
from rasa.shared.utils.io import is_logging_disabled

from xiaoer.openmp import sleep_while_waiting
from xiaoer.policies import compact_network
from xiaoer.policies.compact_network import CompactNetwork, Layout

logger = logging.getLogger(__name__)

_ATTRIBUTES = (ACTION_NAME, INTENT, ENTITIES, SLOTS, ACTIVE_LOOP)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class CompactPolicy(Policy):
    """Predicts the next action from the last states, by a few small transformers.

    States are Rasa's own (`MaxHistoryTrackerFeaturizer` over `SingleStateFeaturizer`): the previous
    action, the intent, entities, slots and the active loop. Training uses torch; serving needs
    numpy alone. Only actions that occur in stories are ever predicted, and a message is not left
    unanswered unless a story does so.

    Config:
        priority: As for every policy.
        max_history: How many states are looked at.
        epochs: Passes over the examples.
        hidden_size: Width of a network; `heads` divides it.
        layers: Transformer layers of a network.
        heads: Attention heads of a layer.
        members: How many networks are averaged.
        batch_size: Examples a step at most.
        learning_rate: Highest learning rate.
        weight_decay: AdamW's weight decay.
        dropout: Share of values dropped while training.
        label_smoothing: Share of each target that is spread over all actions.
        class_balance: 0 weighs each example alike, 1 each action alike.
        forget: Share of examples that learn without their older states.
        unknown: Share of examples that teach to be unsure of a message never seen.
        random_seed: Seed of all randomness.
        max_training_time: Seconds after which training stops; `null` for no limit.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {
            "priority": 1,
            "max_history": 6,
            "epochs": 20,
            "hidden_size": 64,
            "layers": 1,
            "heads": 4,
            "members": 2,
            "batch_size": 128,
            "learning_rate": 0.003,
            "weight_decay": 0.01,
            "dropout": 0.1,
            "label_smoothing": 0.1,
            "class_balance": 0.1,
            "forget": 0.1,
            "unknown": 0.1,
            "random_seed": 20261123,
            "max_training_time": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be installed."""
        return ["safetensors"]

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
        network: CompactNetwork | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._network = network
        _check(config)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CompactPolicy:
        """Load the trained policy; one that had no stories to learn predicts nothing."""
        featurizer, network = None, None
        try:
            with model_storage.read_from(resource) as folder:
                featurizer = TrackerFeaturizer.load(str(folder))
                network = CompactNetwork.load(folder)
        except (ValueError, FileNotFoundError):
            logger.debug("CompactPolicy was trained without stories.")
        return cls(config, model_storage, resource, execution_context, featurizer, network)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return a hash of the code beside this class, so that its change retrains."""
        folder = Path(compact_network.__file__).parent
        digest = hashlib.sha256()
        for name in ("compact_network.py", "compact_training.py"):
            digest.update((folder / name).read_bytes())
        return digest.hexdigest()

    def train(
        self,
        training_trackers: list[TrackerWithCachedStates],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Learn from stories (not from rules) and store the network."""
        sleep_while_waiting()
        from xiaoer.policies import compact_training

        trackers = SupportedData.trackers_for_supported_data(
            self.supported_data(), training_trackers
        )
        if not trackers:
            logger.info("There are no stories: CompactPolicy has nothing to learn.")
            return self._resource
        conversations, label_ids, _ = self._featurize_for_training(
            [_replayed(tracker, domain) for tracker in trackers], domain, None
        )
        names = domain.action_names_or_texts
        followed = [names[int(ids[0])] for ids in label_ids]
        actions = sorted(set(followed))
        layout = Layout(
            features=self._feature_names(),
            actions=actions,
            history=int(self.config["max_history"]),
            members=int(self.config["members"]),
            hidden=int(self.config["hidden_size"]),
            layers=int(self.config["layers"]),
            heads=int(self.config["heads"]),
        )
        vectors = [self._vectors(conversation) for conversation in conversations]
        heard = layout.features.index(f"{ACTION_NAME}:{ACTION_LISTEN_NAME}")
        silent = any(
            vector[-1, heard] and name == ACTION_LISTEN_NAME
            for vector, name in zip(vectors, followed, strict=True)
        )
        layout = replace(layout, silent=silent)
        places = {name: place for place, name in enumerate(actions)}
        examples = compact_training.Examples(
            *_table(vectors, layout.history),
            labels=np.array([places[name] for name in followed], np.int64),
            intents=np.array([name.startswith(f"{INTENT}:") for name in layout.features]),
        )
        schedule = compact_training.Schedule(
            epochs=int(self.config["epochs"]),
            batch_size=int(self.config["batch_size"]),
            learning_rate=float(self.config["learning_rate"]),
            weight_decay=float(self.config["weight_decay"]),
            dropout=float(self.config["dropout"]),
            label_smoothing=float(self.config["label_smoothing"]),
            class_balance=float(self.config["class_balance"]),
            forget=float(self.config["forget"]),
            unknown=float(self.config["unknown"]),
            seed=int(self.config["random_seed"]),
            max_seconds=self.config["max_training_time"],
            progress=not is_logging_disabled(),
        )
        start = self._network if self.finetune_mode else None
        self._network = compact_training.train(layout, examples, schedule, start)
        with self._model_storage.write_to(self._resource) as folder:
            self.featurizer.persist(folder)
            self._network.save(folder)
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the next action."""
        probabilities = self._default_predictions(domain)
        if self._network is not None:
            conversation = self._featurize_for_prediction(tracker, domain, None, rule_only_data)[0]
            predicted = self._network.probabilities(self._vectors(conversation)[None])[0]
            for action, probability in zip(self._network.layout.actions, predicted, strict=True):
                if action == ACTION_LISTEN_NAME and self._must_answer(tracker):
                    continue
                if action in domain.action_names_or_texts:
                    probabilities[domain.index_for_action(action)] = float(probability)
        return self._prediction(probabilities)

    def _must_answer(self, tracker: DialogueStateTracker) -> bool:
        assert self._network is not None
        return tracker.latest_action_name == ACTION_LISTEN_NAME and not self._network.layout.silent

    def _feature_names(self) -> list[str]:
        known = self._feature_states()
        return [f"{attribute}:{name}" for attribute in _ATTRIBUTES for name in known[attribute]]

    def _feature_states(self) -> dict[str, dict[str, int]]:
        return self.featurizer.state_featurizer.to_dict()["feature_states"]

    def _vectors(self, conversation: list[dict[str, Any]]) -> np.ndarray:
        """Return the states of one conversation, (states, features) float32."""
        offsets, width = {}, 0
        for attribute in _ATTRIBUTES:
            offsets[attribute] = width
            width += len(self._feature_states()[attribute])
        vectors = np.zeros((len(conversation), width), np.float32)
        for row, state in zip(vectors, conversation, strict=True):
            for attribute, (features, *_) in state.items():
                if attribute in offsets:
                    sparse = features.features.tocoo()
                    row[offsets[attribute] + sparse.col] = sparse.data
        return vectors


def _replayed(tracker: TrackerWithCachedStates, domain: Domain) -> DialogueStateTracker:
    """Return the tracker without its cache of states.

    The cache keeps the happy turns of a form, which Rasa undoes everywhere else: read from it, the
    states of a story with a form would be paired with the actions of later steps.
    """
    return DialogueStateTracker.from_events(tracker.sender_id, tracker.events, domain.slots)


def _table(vectors: list[np.ndarray], history: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct states, after a row of zeros, and each example's rows in them."""
    states, places = np.unique(np.concatenate(vectors), axis=0, return_inverse=True)
    table = np.concatenate([np.zeros((1, states.shape[1]), np.float32), states])
    histories = np.zeros((len(vectors), history), np.int64)
    first = 0
    for row, vector in zip(histories, vectors, strict=True):
        row[history - len(vector) :] = places[first : first + len(vector)] + 1
        first += len(vector)
    return table, histories


def _check(config: dict[str, Any]) -> None:
    for name in ("max_history", "epochs", "hidden_size", "layers", "heads", "members"):
        if not isinstance(config[name], int) or config[name] < 1:
            raise InvalidConfigException(
                f"CompactPolicy needs a whole number above 0 as `{name}`, not {config[name]!r}."
            )
    if config["hidden_size"] % config["heads"]:
        raise InvalidConfigException(
            "`hidden_size` of CompactPolicy should be divisible by `heads`."
        )
