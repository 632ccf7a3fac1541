"""Trains a ``JointClassifier`` on Rasa's training examples, in stages."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from tqdm import tqdm

from xiaoer.lm import Encoder, Prepared
from xiaoer.nlu import classifier_config as keys
from xiaoer.nlu.joint_classifier import JointClassifier, split_below
from xiaoer.nlu.tagging import Edges, EntityType, tags_of
from xiaoer.nlu.training.calibration import FEWEST, folds
from xiaoer.nlu.training.extent import Extent, extent_for, passes_for
from xiaoer.nlu.training.intents import FEW, fit_intents
from xiaoer.nlu.training.rates import reproducible
from xiaoer.nlu.training.states import UNLABELLED, States
from xiaoer.nlu.training.tags import fit_tags
from xiaoer.nlu.training.upper_layers import Plan, train_upper_layers

logger = logging.getLogger(__name__)

#: One text in so many is held out while the upper layers learn.
HELD_OUT = 10
#: Texts whose states are in memory in full precision at once.
_PART = 512


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
    labels = _labels(before, messages) if config[keys.INTENT_CLASSIFICATION] else []
    types = _types(before, messages) if config[keys.ENTITY_RECOGNITION] else []
    if not labels and not types:
        return None
    names = _names(messages, labels, config[keys.INTENT_NAMES])
    prepared = [
        before.encoder.prepare(message.get(TEXT), "query", config[keys.MAX_TOKENS])
        for message in [*messages, *names]
    ]
    extent = _extent(before, config, [len(text.ids) for text in prepared], going_on)
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
        states, edges = _read(reader, messages, names, prepared, labels, types, extent.layers > 0)
        return _fit(before, states, labels, types, edges, config, going_on)


def _extent(
    before: JointClassifier, config: dict[str, Any], lengths: list[int], going_on: bool
) -> Extent:
    """Return how much learns from texts of such lengths in subwords."""
    base, layers = before.encoder.architecture, config[keys.TRAINABLE_LAYERS]
    fraction = config.get(keys.EPOCH_FRACTION, 1.0) if going_on else 1.0
    passes = passes_for(len(lengths), fraction)
    if layers != keys.AUTO:
        found = Extent(layers, passes)
    elif going_on:
        # What learned before goes on learning.
        found = Extent(base.layers - before.split, passes)
    else:
        found = extent_for(base.layers, base.hidden, lengths, config[keys.MAX_TRAINING_TIME])
    return found._replace(passes=config[keys.EPOCHS] or found.passes)


def _labels(before: JointClassifier, messages: list[Message]) -> list[str]:
    earlier = before.intent.labels if before.intent else []
    return sorted({*earlier, *(m.get(INTENT) for m in messages if m.get(INTENT))})


def _types(before: JointClassifier, messages: list[Message]) -> list[EntityType]:
    found = {EntityType.of(entity) for m in messages for entity in m.get(ENTITIES) or []}
    earlier = before.tag.types if before.tag else []
    return sorted({*found, *earlier}, key=lambda each: tuple(part or "" for part in each))


def spoken(label: str) -> str:
    """Return the words of an intent's name, without any when it is but a number."""
    words = label.replace("_", " ").replace("/", " ").replace("-", " ").split()
    return (
        " ".join(words).lower() if any(len(word) > 1 and word.isalpha() for word in words) else ""
    )


def _names(messages: list[Message], labels: list[str], fewer_than: int) -> list[Message]:
    """Return the names of intents with few examples as examples."""
    counts = Counter(message.get(INTENT) for message in messages)
    return [
        Message({TEXT: spoken(label), INTENT: label})
        for label in labels
        if 0 < counts[label] < fewer_than and spoken(label)
    ]


def _read(
    reader: JointClassifier,
    messages: list[Message],
    names: list[Message],
    prepared: list[Prepared],
    labels: list[str],
    types: list[EntityType],
    learns: bool,
) -> tuple[States, Edges]:
    """Encode all examples, and the names of intents behind them, once.

    Of many texts only those states are kept that something learns from: they are most of the memory
    that training takes.
    """
    texts = [message.get(TEXT) for message in [*messages, *names]]
    examples = [
        (text, ready.offsets, message.get(ENTITIES) or [])
        for text, ready, message in zip(texts, prepared, messages, strict=False)
    ]
    starts = np.concatenate([[0], np.cumsum([len(text.ids) for text in prepared])])
    labelled = sum(bool(message.get(INTENT)) for message in messages)
    kept = (bool(types) or learns, bool(types) or labelled <= 2 * FEW)
    lower, upper, vectors = _encoded(reader, prepared, starts, *kept)
    tags = np.full(starts[-1], UNLABELLED, np.int64)
    for start, ready, (_, offsets, entities) in zip(starts, prepared, examples, strict=False):
        tags[start + ready.content] = tags_of(offsets, entities if types else [], types)
    number = {label: at for at, label in enumerate(labels)}
    intents = [number.get(m.get(INTENT) or "", UNLABELLED) for m in [*messages, *names]]
    ids = np.concatenate([np.zeros(0, np.int64), *(np.array(text.ids) for text in prepared)])
    states = States(texts, lower, upper, starts, vectors, tags, np.array(intents, np.int64), ids)
    return states, Edges.learn(examples)


def _encoded(
    reader: JointClassifier,
    prepared: list[Prepared],
    starts: np.ndarray,
    keep_lower: bool,
    keep_upper: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lower, upper = (
        np.zeros((starts[-1] if kept else 0, reader.encoder.dim), np.float16)
        for kept in (keep_lower, keep_upper)
    )
    vectors = np.zeros((len(prepared), reader.encoder.dim), np.float32)
    with tqdm(total=len(prepared), desc="Reading examples", unit="text", disable=None) as bar:
        for first in range(0, len(prepared), _PART):
            part = reader.states(prepared[first : first + _PART])
            for at, (below, above) in enumerate(part, first):
                where = slice(starts[at], starts[at + 1])
                if keep_lower:
                    lower[where] = below
                if keep_upper:
                    upper[where] = above
                vectors[at] = above.mean(0)
                bar.update()
    return lower, upper, vectors


def _fit(
    before: JointClassifier,
    states: States,
    labels: list[str],
    types: list[EntityType],
    edges: Edges,
    config: dict[str, Any],
    going_on: bool,
) -> JointClassifier:
    everything = np.arange(len(states.texts))
    held = np.zeros(len(everything), bool)
    learns = config[keys.TRAINABLE_LAYERS] > 0
    if learns and not going_on:
        if len(everything) < FEWEST * HELD_OUT:
            logger.info("Too few examples to train layers of the encoder: the heads alone learn.")
            learns = False
        else:
            held = folds(states.intents, HELD_OUT, config[keys.RANDOM_SEED]) == 0

    def heads(within: np.ndarray, calibrate: bool) -> JointClassifier:
        return _fit_heads(before, states, within, labels, types, edges, config, going_on, calibrate)

    if not learns:
        return heads(everything, True)
    trained = _with_layers(heads(everything[~held], False), states, held, config)
    # Where the layers do not help, the heads learn from all examples.
    return trained or heads(everything, True)


def _fit_heads(
    before: JointClassifier,
    states: States,
    within: np.ndarray,
    labels: list[str],
    types: list[EntityType],
    edges: Edges,
    config: dict[str, Any],
    going_on: bool,
    calibrate: bool,
) -> JointClassifier:
    seed, epochs = config[keys.RANDOM_SEED], config[keys.ENTITY_EPOCHS]
    intent = tag = None
    if labels:
        began = time.monotonic()
        intent, accuracy = fit_intents(
            states,
            within,
            labels,
            config[keys.REGULARIZATION],
            seed,
            config[keys.CHARACTER_NGRAMS],
            calibrate,
        )
        logger.info(f"The intent head was fitted in {time.monotonic() - began:.1f} s.")
        if accuracy is not None:
            logger.info(f"Intent accuracy on held-out folds, heads alone: {accuracy:.3f}.")
        if going_on and before.intent and before.upper:
            # Its layers have seen the examples, so these would flatter it.
            intent.temperature = before.intent.temperature
            intent.familiarity = before.intent.familiarity
    if types:
        same = before.tag if going_on and before.tag and before.tag.types == types else None
        passes = epochs * (2 if calibrate else 1)
        with tqdm(total=passes, desc="Entity head", unit="pass", disable=None) as bar:
            tag = fit_tags(states, within, types, edges, epochs, seed, bar.update, calibrate, same)
    return JointClassifier(before.encoder, before.split, intent, tag, before.upper)


def _with_layers(
    heads: JointClassifier,
    states: States,
    held: np.ndarray,
    config: dict[str, Any],
) -> JointClassifier | None:
    """Train the layers; None when the frozen ones serve the held-out texts better."""
    base = heads.encoder.architecture
    arrays = heads.upper_arrays()
    plan = Plan(
        config[keys.EPOCHS],
        config[keys.LEARNING_RATE],
        config[keys.MAX_TRAINING_TIME],
        config[keys.RANDOM_SEED],
    )
    with tqdm(total=plan.passes, desc="Upper layers", unit="pass", disable=None) as bar:
        trained = train_upper_layers(
            base,
            arrays,
            max(0, len(arrays) - config[keys.TRAINABLE_LAYERS]),
            states,
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
