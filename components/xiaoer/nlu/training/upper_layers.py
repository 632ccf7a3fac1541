"""Trains the encoder's upper layers with both heads on top."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from xiaoer.lm.base import Architecture, FloatArray
from xiaoer.nlu.heads import IntentHead, TagHead
from xiaoer.nlu.training.calibration import FEWEST, log_loss, temperature
from xiaoer.nlu.training.joint_model import JointModel, Scored
from xiaoer.nlu.training.rates import set_rate
from xiaoer.nlu.training.states import UNLABELLED, States

logger = logging.getLogger(__name__)

#: Texts to see in all, which says how many passes there are where the configuration does not.
TEXTS_TO_SEE = 40_000
MOST_PASSES = 10
#: How far to go from the frozen layers to the trained ones; what is held out decides.
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
#: By what part the layers must lower the log loss on held-out texts to be kept.
WORTH = 0.01

_BATCH = 32


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        passes: over the texts.
        rate: highest learning rate of the layers; the heads' is ten times that.
        seconds: stop after so long; 0 for never.
        seed: of order and dropout.
    """

    passes: int
    rate: float
    seconds: float
    seed: int

    def with_passes(self, texts: int, fraction: float = 1.0) -> Plan:
        """Return the plan with a fraction of the passes that so many texts want."""
        wanted = max(1, min(MOST_PASSES, round(TEXTS_TO_SEE / max(1, texts))))
        return replace(self, passes=max(1, round(wanted * fraction)))


@dataclass(frozen=True)
class Trained:
    """The arrays of the layers, and both heads.

    Attributes:
        layers: None when the frozen ones were better.
        intent: intent head, or None when there are no intents.
        tag: tag head, or None when there are no entities.
    """

    layers: list[dict[str, FloatArray]] | None
    intent: IntentHead | None
    tag: TagHead | None


def train_upper_layers(
    architecture: Architecture,
    arrays: Sequence[dict[str, FloatArray]],
    frozen: int,
    states: States,
    held: NDArray[np.bool_],
    intent: IntentHead | None,
    tag: TagHead | None,
    plan: Plan,
    progress: Callable[[int], object],
) -> Trained:
    """Train layers and heads together, starting from heads fitted on frozen states.

    Few examples pull the layers too far: the result lies on the straight line from the frozen
    weights to the trained ones, as far along as serves texts that were held out best (Wortsman et
    al., Robust Fine-tuning of Zero-shot Models, CVPR 2022, section 3). These are held out for the
    first two thirds of the time, the confidences are fitted on them, then they join the others.

    Args:
        architecture: shape of the model.
        arrays: of the layers above ``states.lower``.
        frozen: how many of them stay as they are.
        states: of all texts.
        held: (N,) which of them to hold out; none leaves the confidences as they are.
        intent: intent head fitted on the others, or None.
        tag: tag head fitted on the others, or None.
        plan: how to train.
        progress: called with 1 after each pass.
    """
    model = JointModel(architecture, arrays, frozen, states, intent, tag)
    first = model.snapshot()
    held = held.copy()
    passes = plan.passes
    joins = math.ceil(passes * 2 / 3)
    trainer = _Trainer(model, plan)
    step = 1.0
    for number in range(passes):
        if trainer.late(number / passes):
            break
        if number == joins and held.any():
            step = _settle(model, first, np.flatnonzero(held))
            if step == 0.0:
                progress(passes - number)
                break
            held[:] = False
        trainer.run(np.flatnonzero(~held), number, passes)
        progress(1)
    if held.any():
        step = _settle(model, first, np.flatnonzero(held))
    model.load_state_dict(between(first, model.snapshot(), step))
    layers, intent, tag = model.eval().exported()
    logger.info(f"The upper layers went {step:.0%} of the way they were trained.")
    return Trained(layers if step else None, intent, tag)


def between(
    first: dict[str, torch.Tensor], last: dict[str, torch.Tensor], step: float
) -> dict[str, torch.Tensor]:
    """Return the weights that lie ``step`` (0..1) of the way from the first to the last."""
    return {name: torch.lerp(values, last[name], step) for name, values in first.items()}


def _settle(model: JointModel, first: dict[str, torch.Tensor], held: NDArray[np.int64]) -> float:
    """Choose the step by the log loss on held-out texts, and fit the confidences there."""
    last = model.snapshot()
    wanted = model.states.intents[held]
    known = wanted != UNLABELLED
    best: tuple[float, float, Scored] | None = None
    for step in STEPS:
        model.load_state_dict(between(first, last, step))
        found = model.scored(held)
        loss = 0.0
        if found.intents is not None and known.any():
            scores = found.intents[known]
            # At its own temperature each: training sharpens scores, which is mended afterwards.
            loss += log_loss(scores / temperature(scores, wanted[known]), wanted[known])
        if found.tags is not None and len(found.wanted):
            loss += log_loss(found.tags / temperature(found.tags, found.wanted), found.wanted)
        # Trained layers cost space in the archive and time: they must be worth it.
        if best is None or loss < best[0] * (1 if best[1] else 1 - WORTH):
            best = loss, step, found
    assert best is not None
    _, step, found = best
    if model.intent_head and found.intents is not None and known.sum() >= FEWEST:
        scores = found.intents[known]
        head = replace(model.intent_head, temperature=temperature(scores, wanted[known]))
        if head.familiarity:
            head.familiarity = head.familiarity.measured(scores)
        model.intent_head = head
    if model.tag_head and found.tags is not None and len(found.wanted):
        value = temperature(found.tags, found.wanted)
        model.tag_head = replace(model.tag_head, temperature=value)
    model.load_state_dict(last)
    return step


class _Trainer:
    """AdamW over batches of similar length."""

    def __init__(self, model: JointModel, plan: Plan) -> None:
        self._model = model
        self._seconds = plan.seconds
        self._random = np.random.default_rng(plan.seed)
        self._layers = [p for p in model.stack.parameters() if p.requires_grad]
        heads = [p for name, p in model.named_parameters() if not name.startswith("stack.")]
        self._optimizer = torch.optim.AdamW(
            [{"params": self._layers, "lr": plan.rate}, {"params": heads, "lr": 10 * plan.rate}],
            weight_decay=0.01,
        )
        self._began = time.monotonic()

    def late(self, part: float) -> bool:
        """Return whether the time is up."""
        return self._part(part) >= 1

    def _part(self, part: float) -> float:
        if not self._seconds:
            return part
        return max(part, min(1.0, (time.monotonic() - self._began) / self._seconds))

    def run(self, texts: NDArray[np.int64], number: int, passes: int) -> None:
        """Go over the texts once, or until the time is up."""
        batches = _shuffled(texts, np.diff(self._model.states.starts), self._random)
        self._model.train()
        for at, batch in enumerate(batches):
            part = self._part((number + at / len(batches)) / passes)
            if part >= 1:
                return
            set_rate(self._optimizer, part)
            loss = self._model.loss(batch)
            self._optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self._layers, 1.0)
            self._optimizer.step()


def _shuffled(
    texts: NDArray[np.int64], lengths: NDArray[np.int64], random: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Cut texts into batches of similar length, in random order."""
    order = random.permutation(texts)
    batches = []
    for at in range(0, len(order), 16 * _BATCH):
        pool = order[at : at + 16 * _BATCH]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[start : start + _BATCH] for start in range(0, len(pool), _BATCH)]
    return [batches[at] for at in random.permutation(len(batches))]
