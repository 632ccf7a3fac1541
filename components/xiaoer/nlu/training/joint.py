"""Trains a ``JointClassifier`` on Rasa's training examples, in stages."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.shared.nlu.training_data.message import Message
from tqdm import tqdm

from xiaoer.lm import Encoder
from xiaoer.nlu import classifier_config as keys
from xiaoer.nlu.heads import IntentHead, TagHead
from xiaoer.nlu.joint_classifier import JointClassifier, split_below
from xiaoer.nlu.tagging import Edges
from xiaoer.nlu.training.calibration import FEWEST, folds
from xiaoer.nlu.training.examples import Examples
from xiaoer.nlu.training.extent import Extent, extent_for, passes_for
from xiaoer.nlu.training.intents import fit_intents
from xiaoer.nlu.training.rates import reproducible
from xiaoer.nlu.training.states import States
from xiaoer.nlu.training.tags import fit_tags
from xiaoer.nlu.training.upper_layers import Plan, train_upper_layers

logger = logging.getLogger(__name__)

#: One text in so many is held out while the upper layers learn.
HELD_OUT = 10


def train(
    before: JointClassifier, messages: list[Message], config: dict[str, Any], going_on: bool
) -> JointClassifier | None:
    """Fit the heads on frozen states, then the upper layers with both.

    Args:
        before: an empty classifier, or the one to go on from.
        messages: training examples that have a text.
        config: all keys of the component.
        going_on: keep what ``before`` has learned, its labels and its calibration.

    Returns:
        The classifier; None when no example has an intent or an entity.
    """
    examples = Examples.of(before, messages, config)
    if not examples.labels and not examples.types:
        return None
    extent = _extent(before, examples, config, going_on)
    config = {**config, keys.TRAINABLE_LAYERS: extent.layers, keys.EPOCHS: extent.passes}
    if not going_on:
        before = JointClassifier(before.encoder, split_below(before.encoder, extent.layers))
    threads = min(4, len(os.sched_getaffinity(0)))
    reader = JointClassifier(
        Encoder(before.encoder.base, threads, before.encoder.precision),
        before.split,
        upper=before.upper,
    )
    with reproducible(config[keys.RANDOM_SEED], threads):
        states, edges = examples.encoded(reader, extent.layers > 0)
        return _Training(before, states, edges, examples, config, going_on).run()


def _extent(
    before: JointClassifier, examples: Examples, config: dict[str, Any], going_on: bool
) -> Extent:
    """Return how much learns from these examples."""
    lengths, entities = examples.lengths, bool(examples.types)
    base, layers = before.encoder.architecture, config[keys.TRAINABLE_LAYERS]
    fraction = config.get(keys.EPOCH_FRACTION, 1.0) if going_on else 1.0
    passes = passes_for(len(lengths), entities, fraction)
    if layers != keys.AUTO:
        found = Extent(layers, passes)
    elif going_on:
        # What learned before goes on learning.
        found = Extent(base.layers - before.split, passes)
    else:
        seconds = config[keys.MAX_TRAINING_TIME]
        found = extent_for(base.layers, base.hidden, lengths, entities, seconds)
    return found._replace(passes=config[keys.EPOCHS] or found.passes)


@dataclass(frozen=True)
class _Training:
    """One training: what was learned before, the examples, and all keys with their values."""

    before: JointClassifier
    states: States
    edges: Edges
    examples: Examples
    config: dict[str, Any]
    going_on: bool

    def run(self) -> JointClassifier:
        """Fit the heads, and the layers where they learn."""
        everything = np.arange(len(self.states.texts))
        held = np.zeros(len(everything), bool)
        learns = self.config[keys.TRAINABLE_LAYERS] > 0
        if learns and not self.going_on:
            if len(everything) < FEWEST * HELD_OUT:
                logger.info(
                    "Too few examples to train layers of the encoder: the heads alone learn."
                )
                learns = False
            else:
                seed = self.config[keys.RANDOM_SEED]
                held = folds(self.states.intents, HELD_OUT, seed) == 0
        if not learns:
            return self._heads(everything, calibrate=True)
        trained = self._with_layers(self._heads(everything[~held], calibrate=False), held)
        # Where the layers do not help, the heads learn from all examples.
        return trained or self._heads(everything, calibrate=True)

    def _heads(self, within: np.ndarray, calibrate: bool) -> JointClassifier:
        before = self.before
        intent = self._intent_head(within, calibrate) if self.examples.labels else None
        tag = self._tag_head(within, calibrate) if self.examples.types else None
        return JointClassifier(before.encoder, before.split, intent, tag, before.upper)

    def _intent_head(self, within: np.ndarray, calibrate: bool) -> IntentHead:
        began = time.monotonic()
        head, accuracy = fit_intents(
            self.states,
            within,
            self.examples.labels,
            self.config[keys.REGULARIZATION],
            self.config[keys.RANDOM_SEED],
            self.config[keys.CHARACTER_NGRAMS],
            calibrate,
        )
        logger.info(f"The intent head was fitted in {time.monotonic() - began:.1f} s.")
        if accuracy is not None:
            logger.info(f"Intent accuracy on held-out folds, heads alone: {accuracy:.3f}.")
        if self.going_on and self.before.intent and self.before.upper:
            # Its layers have seen the examples, so these would flatter it.
            head.temperature = self.before.intent.temperature
            head.familiarity = self.before.intent.familiarity
        return head

    def _tag_head(self, within: np.ndarray, calibrate: bool) -> TagHead:
        types, epochs = self.examples.types, self.config[keys.ENTITY_EPOCHS]
        same = self.before.tag if self.going_on else None
        if same and same.types != types:
            same = None
        passes = epochs * (2 if calibrate else 1)
        with tqdm(total=passes, desc="Entity head", unit="pass", disable=None) as bar:
            return fit_tags(
                self.states,
                within,
                types,
                self.edges,
                epochs,
                self.config[keys.RANDOM_SEED],
                bar.update,
                calibrate,
                same,
            )

    def _with_layers(self, heads: JointClassifier, held: np.ndarray) -> JointClassifier | None:
        """Train the layers; None when the frozen ones serve the held-out texts better."""
        config, arrays = self.config, heads.upper_arrays()
        plan = Plan(
            config[keys.EPOCHS],
            config[keys.LEARNING_RATE],
            config[keys.MAX_TRAINING_TIME],
            config[keys.RANDOM_SEED],
        )
        with tqdm(total=plan.passes, desc="Upper layers", unit="pass", disable=None) as bar:
            trained = train_upper_layers(
                heads.encoder.architecture,
                arrays,
                max(0, len(arrays) - config[keys.TRAINABLE_LAYERS]),
                self.states,
                held,
                heads.intent,
                heads.tag,
                plan,
                bar.update,
            )
        if trained.layers is None:
            return None
        upper = heads.encoder.graph(heads.split, trained.layers)
        return JointClassifier(heads.encoder, heads.split, trained.intent, trained.tag, upper)
