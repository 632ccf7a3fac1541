"""Fits the tag head on frozen states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from xiaoer.nlu.heads import Scaling, TagHead
from xiaoer.nlu.tagging import Edges, EntityType
from xiaoer.nlu.training.calibration import folds, temperature
from xiaoer.nlu.training.rates import set_rate
from xiaoer.nlu.training.states import States
from xiaoer.nlu.training.tag_model import TagModel

FOLDS = 4

#: Subwords in a batch, about.
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
        epochs: passes over the texts.
        seed: of the order and of the fold that the temperature is fitted on.
        progress: called with 1 after each pass.
        calibrate: fit the temperature on a held-out fold, which takes the same time again.
        start: a head of the same tag set to go on from.
    """
    texts = within[states.counts(within) > 0]
    scaling = (
        start.scaling
        if start
        else Scaling.fit(states.features(_sample(states.positions(texts), seed)))
    )

    def fitted(texts: NDArray[np.int64]) -> TagModel:
        model = TagModel(types, edges, scaling, states.begins is not None, start)
        _fit(model, states, texts, epochs, seed, progress)
        return model

    value = 1.0
    if calibrate:
        # Texts with an entity are spread evenly over the folds.
        owners = np.repeat(np.arange(len(texts)), states.counts(texts))
        named = np.bincount(owners, states.tags[states.positions(texts)] > 0, len(texts))
        held = folds((named > 0).astype(np.int64), FOLDS, seed) == 0
        if held.any():
            model = fitted(texts[~held])
            outside = states.positions(texts[held])
            with torch.no_grad():
                scores = model(torch.from_numpy(states.features(outside)))
            begins = states.words(outside)
            found = model.log_marginals(
                scores, torch.from_numpy(begins), states.counts(texts[held]).tolist()
            )
            value = temperature(found, states.tags[outside[begins]])
    return fitted(texts).head(value)


def _sample(positions: NDArray[np.int64], seed: int, size: int = 20_000) -> NDArray[np.int64]:
    if len(positions) <= size:
        return positions
    return np.random.default_rng(seed).choice(positions, size, replace=False)


def _fit(
    model: TagModel,
    states: States,
    texts: NDArray[np.int64],
    epochs: int,
    seed: int,
    progress: Callable[[int], object],
) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=0.01)
    random = np.random.default_rng(seed)
    size = max(1, round(_BATCH / max(1.0, states.counts(texts).mean())))
    starts = range(0, len(texts), size)
    model.train()
    for number in range(epochs):
        order = random.permutation(texts)
        for at, start in enumerate(starts):
            set_rate(optimizer, (number + at / len(starts)) / epochs)
            batch = order[start : start + size]
            places = states.positions(batch)
            scores = model(torch.from_numpy(states.features(places)))
            tags = torch.from_numpy(states.tags[places])
            begins = torch.from_numpy(states.words(places))
            loss = model.losses(scores, tags, begins, states.counts(batch).tolist()).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        progress(1)
    model.eval()
