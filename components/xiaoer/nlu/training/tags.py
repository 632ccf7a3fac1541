"""Fits the tag head on frozen states."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from xiaoer.nlu.heads import Scaling, TagHead
from xiaoer.nlu.tagging import Edges, EntityType
from xiaoer.nlu.training.calibration import folds, temperature
from xiaoer.nlu.training.rates import set_rate
from xiaoer.nlu.training.states import States

FOLDS = 4

_HIDDEN = 256
_BATCH = 512
_RATE = 2e-3


def fit_tags(
    states: States,
    within: NDArray[np.int64],
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
        within: numbers of the texts to learn from.
        types: the tag set.
        edges: kept in the head.
        epochs: passes over the subwords.
        seed: of the order and of the fold that the temperature is fitted on.
        progress: called with 1 after each pass.
        calibrate: fit the temperature on a held-out fold, which takes the same time again.
        start: a head of the same tag set to go on from.
    """
    every = states.positions(within)
    scaling = start.scaling if start else Scaling.fit(states.features(_sample(every, seed)))

    def network(positions: NDArray[np.int64]) -> nn.Sequential:
        return _tag_network(states, positions, scaling, types, epochs, seed, progress, start)

    value = 1.0
    if calibrate:
        # Texts with an entity are spread evenly over the folds.
        tagged = [
            (states.tags[states.positions(within[[i]])] > 0).any() for i in range(len(within))
        ]
        held = folds(np.array(tagged, np.int64), FOLDS, seed) == 0
        if held.any():
            outside = states.positions(within[held])
            fitted = network(states.positions(within[~held]))
            with torch.no_grad():
                scores = fitted(torch.from_numpy(scaling(states.features(outside)))).numpy()
            value = temperature(scores, states.tags[outside])
    return tag_head(network(every), types, edges, scaling, value)


def _sample(positions: NDArray[np.int64], seed: int, size: int = 20_000) -> NDArray[np.int64]:
    if len(positions) <= size:
        return positions
    return np.random.default_rng(seed).choice(positions, size, replace=False)


def tag_modules(width: int, types: Sequence[EntityType], start: TagHead | None) -> nn.Sequential:
    """Return the tag head over features (n, width) as a module, new or as ``start`` is."""
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
    network = tag_modules(4 * states.lower.shape[1], types, start)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.01)
    random = np.random.default_rng(seed)
    total = epochs * math.ceil(len(positions) / _BATCH)
    done = 0
    network.train()
    for _ in range(epochs):
        order = random.permutation(positions)
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            set_rate(optimizer, done / total)
            features = torch.from_numpy(scaling(states.features(batch)))
            loss = F.cross_entropy(network(features), torch.from_numpy(states.tags[batch]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            done += 1
        progress(1)
    return network.eval()


def tag_head(
    network: nn.Sequential,
    types: Sequence[EntityType],
    edges: Edges,
    scaling: Scaling,
    value: float,
) -> TagHead:
    """Return the module as a head for serving; ``value`` is its temperature."""
    first, last = network[1], network[4]
    hidden_weight, hidden_bias, weight, bias = (
        tensor.detach().numpy().T.copy()
        for tensor in (first.weight, first.bias, last.weight, last.bias)
    )
    return TagHead(
        list(types), edges, scaling, hidden_weight, hidden_bias, weight, bias, temperature=value
    )
