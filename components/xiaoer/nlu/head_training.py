"""Fits the heads, and the upper layers with them. Imports torch: never serve it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import Tensor, nn

from xiaoer.lm.base import Architecture, FloatArray
from xiaoer.lm.trainable import TrainableStack
from xiaoer.nlu.heads import IntentHead, Scaling, TagHead
from xiaoer.nlu.tagging import Edges, EntityType

#: Label of a text without an intent and tag of a subword that is not the text's own.
UNLABELLED = -100
FOLDS = 3

_HIDDEN = 256
_HEAD_BATCH = 512
_HEAD_RATE = 2e-3
_BATCH = 32


@dataclass
class States:
    """The states of N texts, end to end, in half precision to spare memory.

    Attributes:
        lower: (total, dim) states below the upper layers.
        upper: (total, dim) states of the last layer.
        starts: (N + 1,) where each text starts.
        sentence: (N, 2 * dim) features of each text.
        tags: (total,) tag of each subword; UNLABELLED for special ones and the prefix.
        intents: (N,) number of each text's intent, or UNLABELLED.
    """

    lower: NDArray[np.float16]
    upper: NDArray[np.float16]
    starts: NDArray[np.int64]
    sentence: FloatArray
    tags: NDArray[np.int64]
    intents: NDArray[np.int64]

    def features(self, at: NDArray[np.int64]) -> FloatArray:
        """Return the features, as ``heads.subword_features``, of subwords by their position."""
        parts = [self.lower[at - 1], self.lower[at], self.lower[at + 1], self.upper[at]]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def positions(self, texts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of the tagged subwords of some texts."""
        if not len(texts):
            return np.zeros(0, np.int64)
        spans = [np.arange(self.starts[i], self.starts[i + 1]) for i in texts]
        every = np.concatenate(spans)
        return every[self.tags[every] != UNLABELLED]


@contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
    """Seed torch and set its threads, and put both back afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(before)


def folds(labels: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Return the fold (n,) of each example, equally many of every label in each.

    A label's only example is in fold -1: it is never held out.
    """
    random = np.random.default_rng(seed)
    found = np.full(len(labels), -1, np.int64)
    offset = 0
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            # The next label starts where this one ended, so that small ones fill all folds.
            found[random.permutation(members)] = (np.arange(len(members)) + offset) % count
            offset += len(members)
    return found


def temperature(scores: FloatArray, labels: NDArray[np.int64]) -> float:
    """Return what scores (n, labels) are to be divided by: the smallest log loss, in 0.2 to 10.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017.
    """
    if len(labels) < 10 or scores.shape[1] < 2:
        return 1.0

    def loss(exponent: float) -> float:
        scaled = scores / math.exp(exponent)
        top = scaled.max(1)
        total = np.log(np.exp(scaled - top[:, None]).sum(1)) + top
        return float((total - scaled[np.arange(len(labels)), labels]).mean())

    best = minimize_scalar(loss, bounds=(math.log(0.2), math.log(10)), method="bounded")
    return float(math.exp(best.x))


def fit_intents(
    states: States,
    labels: list[str],
    regularization: float,
    seed: int,
    start: IntentHead | None = None,
) -> tuple[IntentHead, float | None]:
    """Fit logistic regression by L-BFGS, and its temperature on held-out folds.

    Args:
        states: of all texts; those without an intent are left out.
        labels: the intents that ``states.intents`` numbers.
        regularization: weight of half the squared norm of the weights, per corpus.
        seed: of the folds.
        start: a head to start from; its scaling is kept.

    Returns:
        The head, and the accuracy on the held-out folds (None when nothing could be held out).
    """
    chosen = np.flatnonzero(states.intents != UNLABELLED)
    features, intents = states.sentence[chosen], states.intents[chosen]
    if start is not None:
        scaling = start.scaling
    else:
        scaling = Scaling.fit(features)
        # Unit length on average: the regularization then means the same for every width.
        scaling.scale = scaling.scale / math.sqrt(features.shape[1])
    scaled = torch.from_numpy(scaling(features).astype(np.float32))
    wanted = torch.from_numpy(intents)
    weight, bias = _regression(scaled, wanted, len(labels), regularization, _started(start, labels))
    head = IntentHead(labels, scaling, weight, bias)
    held = folds(intents, FOLDS, seed)
    if len(labels) < 2 or (held >= 0).sum() < 10:
        return head, None
    scores = np.zeros((len(intents), len(labels)), np.float32)
    for fold in range(FOLDS):
        inside = torch.from_numpy(held != fold)
        w, b = _regression(scaled[inside], wanted[inside], len(labels), regularization, None)
        out = held == fold
        scores[out] = scaled[torch.from_numpy(out)].numpy() @ w + b
    tried = held >= 0
    head.temperature = temperature(scores[tried], intents[tried])
    return head, float((scores[tried].argmax(1) == intents[tried]).mean())


def _started(start: IntentHead | None, labels: list[str]) -> tuple[FloatArray, FloatArray] | None:
    """Return the weights of an earlier head in the order of these labels; new ones are 0."""
    if start is None:
        return None
    weight = np.zeros((len(start.weight), len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    for at, label in enumerate(labels):
        if label in start.labels:
            weight[:, at] = start.weight[:, start.labels.index(label)]
            bias[at] = start.bias[start.labels.index(label)]
    return weight, bias


def _regression(
    features: Tensor,
    labels: Tensor,
    count: int,
    regularization: float,
    start: tuple[FloatArray, FloatArray] | None,
) -> tuple[FloatArray, FloatArray]:
    weight = torch.zeros(features.shape[1], count)
    bias = torch.zeros(count)
    if start is not None:
        weight, bias = torch.from_numpy(start[0].copy()), torch.from_numpy(start[1].copy())
    weight.requires_grad_()
    bias.requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=100, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        total = F.cross_entropy(features @ weight + bias, labels, reduction="sum")
        mean = (total + regularization / 2 * (weight**2).sum()) / len(labels)
        mean.backward()
        return mean

    optimizer.step(loss)
    return weight.detach().numpy(), bias.detach().numpy()


def fit_tags(
    states: States,
    types: list[EntityType],
    edges: Edges,
    epochs: int,
    seed: int,
    progress: Callable[[int], object],
    calibrate: bool,
    start: TagHead | None = None,
) -> TagHead:
    """Fit the tag head by AdamW on frozen states.

    Args:
        states: of all texts.
        types: the tag set.
        edges: kept in the head.
        epochs: passes over the subwords.
        seed: of the order and of the fold that the temperature is fitted on.
        progress: called with 1 after each pass.
        calibrate: fit the temperature on a held-out fold, which takes the same time again.
        start: a head of the same tag set to go on from.
    """
    count = len(states.intents)
    every = states.positions(np.arange(count))
    scaling = start.scaling if start else Scaling.fit(states.features(_sample(every, seed)))
    held = None
    if calibrate:
        # Texts with an entity are spread evenly over the folds.
        tagged = np.array(
            [(states.tags[states.positions(np.array([i]))] > 0).any() for i in range(count)]
        )
        held = folds(tagged.astype(np.int64), FOLDS, seed) == 0
    value = 1.0
    if held is not None and held.any():
        inside = states.positions(np.flatnonzero(~held))
        network = _tag_network(states, inside, scaling, types, epochs, seed, progress, start)
        outside = states.positions(np.flatnonzero(held))
        with torch.no_grad():
            scores = network(torch.from_numpy(scaling(states.features(outside)))).numpy()
        value = temperature(scores, states.tags[outside])
    network = _tag_network(states, every, scaling, types, epochs, seed, progress, start)
    return _tag_head(network, types, edges, scaling, value)


def _sample(positions: NDArray[np.int64], seed: int, size: int = 20_000) -> NDArray[np.int64]:
    if len(positions) <= size:
        return positions
    return np.random.default_rng(seed).choice(positions, size, replace=False)


def _tag_modules(width: int, types: Sequence[EntityType], start: TagHead | None) -> nn.Sequential:
    network = nn.Sequential(
        nn.Dropout(0.3),
        nn.Linear(width, _HIDDEN),
        nn.GELU(approximate="tanh"),
        nn.Dropout(0.3),
        nn.Linear(_HIDDEN, 2 * len(types) + 1),
    )
    if start is not None:
        weights = (start.hidden_weight, start.hidden_bias, start.weight, start.bias)
        first, last = network[1], network[4]
        with torch.no_grad():
            for parameter, values in zip(
                (first.weight, first.bias, last.weight, last.bias), weights, strict=True
            ):
                parameter.copy_(torch.from_numpy(values.T))
    return network


def _tag_network(
    states: States,
    positions: NDArray[np.int64],
    scaling: Scaling,
    types: Sequence[EntityType],
    epochs: int,
    seed: int,
    progress: Callable[[int], object],
    start: TagHead | None,
) -> nn.Sequential:
    network = _tag_modules(4 * states.lower.shape[1], types, start)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_HEAD_RATE, weight_decay=0.01)
    random = np.random.default_rng(seed)
    total = epochs * math.ceil(len(positions) / _HEAD_BATCH)
    done = 0
    network.train()
    for _ in range(epochs):
        order = random.permutation(positions)
        for at in range(0, len(order), _HEAD_BATCH):
            batch = order[at : at + _HEAD_BATCH]
            _set_rate(optimizer, done / total)
            features = torch.from_numpy(scaling(states.features(batch)))
            loss = F.cross_entropy(network(features), torch.from_numpy(states.tags[batch]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
        progress(1)
    return network.eval()


def _tag_head(
    network: nn.Sequential,
    types: Sequence[EntityType],
    edges: Edges,
    scaling: Scaling,
    value: float,
) -> TagHead:
    first, last = network[1], network[4]
    hidden_weight, hidden_bias, weight, bias = (
        tensor.detach().numpy().T.copy()
        for tensor in (first.weight, first.bias, last.weight, last.bias)
    )
    return TagHead(
        list(types), edges, scaling, hidden_weight, hidden_bias, weight, bias, temperature=value
    )


def _set_rate(optimizer: torch.optim.Optimizer, part: float) -> None:
    """Warm up over the first tenth, then go down to 0 in a straight line."""
    factor = min(1.0, (part + 1e-3) / 0.1) * (1 - part)
    for group in optimizer.param_groups:
        group["lr"] = group.setdefault("full", group["lr"]) * factor


def fine_tune(
    architecture: Architecture,
    arrays: Sequence[dict[str, FloatArray]],
    frozen: int,
    states: States,
    intent: IntentHead | None,
    tag: TagHead | None,
    *,
    epochs: int,
    rate: float,
    seconds: float,
    seed: int,
    calibrate: bool,
    progress: Callable[[int], object],
) -> tuple[list[dict[str, FloatArray]], IntentHead | None, TagHead | None]:
    """Train upper layers and heads together, starting from heads fitted on frozen states.

    One text in ten is held out for the first two thirds, the temperatures are fitted on these,
    and then they join the others.

    Args:
        architecture: shape of the model.
        arrays: of the layers above ``states.lower``.
        frozen: how many of them stay as they are.
        states: of all texts.
        intent: intent head, or None when there are no intents.
        tag: tag head, or None when there are no entities.
        epochs: passes over the texts.
        rate: highest learning rate of the layers; the heads' is ten times that.
        seconds: stop after so long; 0 for never.
        seed: of order and dropout.
        calibrate: False keeps the heads' temperatures and holds nothing out.
        progress: called with 1 after each pass.

    Returns:
        The arrays of the layers and the two heads.
    """
    model = _Joint(architecture, arrays, frozen, intent, tag)
    layers = [p for p in model.stack.parameters() if p.requires_grad]
    heads = [p for name, p in model.named_parameters() if not name.startswith("stack.")]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": rate}, {"params": heads, "lr": 10 * rate}], weight_decay=0.01
    )
    random = np.random.default_rng(seed)
    count = len(states.intents)
    held = np.zeros(count, bool)
    if calibrate and count >= 100:
        held = folds(states.intents, 10, seed) == 0
    joins = math.ceil(epochs * 2 / 3)
    began = time.monotonic()
    for epoch in range(epochs):
        spent = time.monotonic() - began
        if seconds and spent > seconds:
            break
        if epoch == joins and held.any():
            model.calibrate(states, np.flatnonzero(held))
        texts = np.arange(count) if epoch >= joins else np.flatnonzero(~held)
        batches = _shuffled(texts, np.diff(states.starts), random)
        model.train()
        for at, batch in enumerate(batches):
            part = (epoch + at / len(batches)) / epochs
            if seconds:
                part = max(part, min(1.0, (time.monotonic() - began) / seconds))
                if part >= 1:
                    break
            _set_rate(optimizer, part)
            loss = model.loss(states, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(layers, 1.0)
            optimizer.step()
        progress(1)
    return model.eval().exported()


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


class _Joint(nn.Module):
    """Upper layers with both heads on top."""

    def __init__(
        self,
        architecture: Architecture,
        arrays: Sequence[dict[str, FloatArray]],
        frozen: int,
        intent: IntentHead | None,
        tag: TagHead | None,
    ) -> None:
        super().__init__()
        self.stack = TrainableStack(architecture, arrays)
        for layer in list(self.stack.layers)[:frozen]:
            layer.requires_grad_(False)
        self._intent, self._tag = intent, tag
        if intent:
            self.intent = nn.Linear(*intent.weight.shape)
            with torch.no_grad():
                self.intent.weight.copy_(torch.from_numpy(intent.weight.T))
                self.intent.bias.copy_(torch.from_numpy(intent.bias))
            self._intent_mean = torch.from_numpy(intent.scaling.mean)
            self._intent_scale = torch.from_numpy(intent.scaling.scale)
        if tag:
            self.tag = _tag_modules(len(tag.hidden_weight), tag.types, tag)
            self._tag_mean = torch.from_numpy(tag.scaling.mean)
            self._tag_scale = torch.from_numpy(tag.scaling.scale)

    def forward(
        self, states: States, texts: NDArray[np.int64]
    ) -> tuple[Tensor | None, Tensor | None, Tensor]:
        """Return intent scores (batch, intents), tag scores (m, tags) and tags (m,)."""
        starts, ends = states.starts[texts], states.starts[texts + 1]
        length = int((ends - starts).max())
        lower = torch.zeros(len(texts), length, states.lower.shape[1])
        mask = torch.zeros(len(texts), length, dtype=torch.bool)
        tags = torch.full((len(texts), length), UNLABELLED)
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            lower[row, : end - start] = torch.from_numpy(states.lower[start:end]).float()
            mask[row, : end - start] = True
            tags[row, : end - start] = torch.from_numpy(states.tags[start:end])
        upper = self.stack(lower, mask)
        intents = scores = None
        if self._intent:
            weights = mask / mask.sum(1, keepdim=True)
            means = [(weights[..., None] * part).sum(1) for part in (lower, upper)]
            features = (torch.cat(means, 1) - self._intent_mean) * self._intent_scale
            intents = self.intent(features)
        rows, columns = torch.nonzero(tags != UNLABELLED, as_tuple=True)
        if self._tag:
            parts = [lower[rows, columns + step] for step in (-1, 0, 1)]
            features = torch.cat([*parts, upper[rows, columns]], 1)
            scores = self.tag((features - self._tag_mean) * self._tag_scale)
        return intents, scores, tags[rows, columns]

    def loss(self, states: States, texts: NDArray[np.int64]) -> Tensor:
        """Return the sum of both heads' mean log losses over some texts."""
        intents, scores, tags = self(states, texts)
        total = torch.zeros(())
        wanted = torch.from_numpy(states.intents[texts])
        if intents is not None and (wanted != UNLABELLED).any():
            total = total + F.cross_entropy(intents, wanted, ignore_index=UNLABELLED)
        if scores is not None and len(tags):
            total = total + F.cross_entropy(scores, tags)
        return total

    @torch.no_grad()
    def calibrate(self, states: States, texts: NDArray[np.int64]) -> None:
        """Fit the temperatures on texts that were held out."""
        self.eval()
        found = []
        for at in range(0, len(texts), _BATCH):
            found.append(self(states, texts[at : at + _BATCH]))
        if self._intent:
            wanted = states.intents[texts]
            scores = torch.cat([each[0] for each in found]).numpy()
            known = wanted != UNLABELLED
            self._intent.temperature = temperature(scores[known], wanted[known])
        if self._tag:
            tags = torch.cat([each[2] for each in found]).numpy()
            scores = torch.cat([each[1] for each in found]).numpy()
            self._tag.temperature = temperature(scores, tags)

    def exported(
        self,
    ) -> tuple[list[dict[str, FloatArray]], IntentHead | None, TagHead | None]:
        """Return the layers' arrays and the heads as they are now."""
        intent = tag = None
        if self._intent:
            intent = IntentHead(
                self._intent.labels,
                self._intent.scaling,
                self.intent.weight.detach().numpy().T.copy(),
                self.intent.bias.detach().numpy().copy(),
                self._intent.temperature,
            )
        if self._tag:
            old = self._tag
            tag = _tag_head(self.tag, old.types, old.edges, old.scaling, old.temperature)
        return self.stack.exported(), intent, tag
