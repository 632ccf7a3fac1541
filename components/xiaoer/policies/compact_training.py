"""How the network of `CompactPolicy` learns, with torch. Import it while training only."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from xiaoer.policies.compact_network import CompactNetwork, Layout, forward

LEAST_STEPS = 16


@dataclass(frozen=True)
class Examples:
    """Examples from stories; equal states are kept once.

    Args:
        states: (distinct states + 1, features) float32; row 0 is all zeros, before the start.
        histories: (examples, history) int64, rows of `states`, oldest first.
        labels: (examples,) int64, which action followed.
        intents: (features,) bool, which features are a message's intent.
    """

    states: np.ndarray
    histories: np.ndarray
    labels: np.ndarray
    intents: np.ndarray


@dataclass(frozen=True)
class Schedule:
    """How to train.

    Args:
        epochs: Passes over the examples.
        batch_size: Examples a step, fewer when there would be under 16 steps an epoch.
        learning_rate: Highest rate of AdamW; it rises for a tenth of the steps, then falls to 0.
        weight_decay: AdamW's.
        dropout: Share of values dropped in each block.
        label_smoothing: Share of the target spread over all actions.
        class_balance: 0 weighs each example alike, 1 each action alike.
        forget: Share of examples whose older states are cut off.
        unknown: Share of examples whose message is made unknown; the target is to be unsure.
        seed: Of all randomness.
        max_seconds: Training stops after the epoch in which they are over; `None` for no limit.
        progress: Whether to show a bar.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    dropout: float
    label_smoothing: float
    class_balance: float
    forget: float
    unknown: float
    seed: int
    max_seconds: float | None = None
    progress: bool = True


def train(
    layout: Layout, examples: Examples, schedule: Schedule, start: CompactNetwork | None = None
) -> CompactNetwork:
    """Train a network on `examples`.

    Args:
        layout: The network's inputs, outputs and shape.
        examples: What to learn.
        schedule: How.
        start: A network to go on from; features and actions are matched by name.

    Returns:
        The trained network. The same arguments give the same weights on the same machine.
    """
    random = np.random.default_rng(schedule.seed)
    generator = torch.Generator().manual_seed(schedule.seed)
    weights = _initial(layout, random)
    # What no story shows must not steer by the chance of its first weights.
    weights["input.weight"][:, ~examples.states.any(0)] = 0
    if start is not None:
        _take_over(weights, layout, start)
    parameters = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
    # Few examples still make enough steps to learn them.
    size = min(schedule.batch_size, max(8, len(examples.labels) // LEAST_STEPS))
    steps = -(-len(examples.labels) // size) * schedule.epochs
    optimizer = torch.optim.AdamW(
        parameters.values(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay
    )
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, schedule.learning_rate, total_steps=steps + 1, pct_start=0.1
    )

    def drop(values: torch.Tensor) -> torch.Tensor:
        if not schedule.dropout:
            return values
        kept = torch.rand(values.shape, generator=generator) >= schedule.dropout
        return values * kept / (1 - schedule.dropout)

    counts = np.bincount(examples.labels, minlength=len(layout.actions)).clip(1)
    importance = (counts.mean() / counts) ** schedule.class_balance
    importance = torch.tensor(importance / importance[examples.labels].mean(), dtype=torch.float32)
    table = _Sparse(examples.states)
    began = time.monotonic()
    # So small a network is slower on several threads than on one.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    bar = tqdm(range(schedule.epochs), desc="CompactPolicy", disable=not schedule.progress)
    for _ in bar:
        total = 0.0
        order = random.permutation(len(examples.labels))
        for first in range(0, len(order), size):
            picked = order[first : first + size]
            histories = _forgetful(examples.histories[picked], schedule.forget, random)
            labels = torch.tensor(examples.labels[picked])
            places, shares = table.of(histories)
            unsure = _make_unknown(places, shares, examples.intents, schedule.unknown, random)
            embedded = _embedded(parameters["input.weight"], places, shares)
            known = torch.tensor((histories > 0).astype(np.float32))
            logits = forward(parameters, layout, embedded, known, torch, drop)
            loss = _loss(logits, labels, torch.tensor(unsure), importance, schedule.label_smoothing)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
            optimizer.step()
            rate.step()
            total += float(loss.detach()) * len(picked)
        bar.set_postfix(loss=f"{total / len(order):.3f}")
        if schedule.max_seconds is not None and time.monotonic() - began > schedule.max_seconds:
            break
    torch.set_num_threads(threads)
    trained = {name: value.detach().numpy().copy() for name, value in parameters.items()}
    return CompactNetwork(layout, trained)


def _initial(layout: Layout, random: np.random.Generator) -> dict[str, np.ndarray]:
    weights = {}
    for name, shape in layout.shapes().items():
        if name.endswith(".scale"):
            value = np.ones(shape)
        elif name.endswith((".shift", ".bias")):
            value = np.zeros(shape)
        elif name == "input.weight":
            # A state has few features at once, so each may be large.
            value = random.normal(0, 0.5, shape)
        elif name == "position":
            value = random.normal(0, 0.1, shape)
        else:
            value = random.normal(0, (2 / (shape[-2] + shape[-1])) ** 0.5, shape)
        weights[name] = value.astype(np.float32)
    return weights


def _take_over(weights: dict[str, np.ndarray], layout: Layout, start: CompactNetwork) -> None:
    old = start.layout
    inputs = _pairs(layout.features, old.features)
    outputs = _pairs(layout.actions, old.actions)
    for name, value in weights.items():
        before = start.weights.get(name)
        if before is None:
            continue
        if name == "input.weight" and before.shape[::2] == value.shape[::2]:
            value[:, inputs[0]] = before[:, inputs[1]]
        elif (
            name.startswith(("head.weight", "head.bias")) and before.shape[:-1] == value.shape[:-1]
        ):
            value[..., outputs[0]] = before[..., outputs[1]]
        elif before.shape == value.shape:
            value[...] = before


def _pairs(new: list[str], old: list[str]) -> tuple[list[int], list[int]]:
    places = {name: place for place, name in enumerate(old)}
    both = [(place, places[name]) for place, name in enumerate(new) if name in places]
    return [mine for mine, _ in both], [theirs for _, theirs in both]


def _forgetful(histories: np.ndarray, chance: float, random: np.random.Generator) -> np.ndarray:
    """Return the histories, some of them with their older part cut off."""
    count, length = histories.shape
    if length < 2:
        return histories
    older = np.arange(length)[None, :] < random.integers(1, length, size=count)[:, None]
    return np.where(older & (random.random(count)[:, None] < chance), 0, histories)


class _Sparse:
    """States by their few features that are not 0.

    Args:
        states: (states, features) float32.
    """

    def __init__(self, states: np.ndarray) -> None:
        most = max(1, int((states != 0).sum(1).max()))
        self._places = np.argsort(states == 0, axis=1, kind="stable")[:, :most]
        self._shares = np.take_along_axis(states, self._places, axis=1)

    def of(self, histories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return features and values, each (examples, history, most features), fresh arrays."""
        return self._places[histories], self._shares[histories]


def _embedded(weight: torch.Tensor, places: np.ndarray, shares: np.ndarray) -> torch.Tensor:
    """Return the states times `weight`, (members, examples, history, hidden)."""
    members, features, hidden = weight.shape
    count, history, most = places.shape
    summed = torch.nn.functional.embedding_bag(
        torch.tensor(places.reshape(-1, most)),
        weight.transpose(0, 1).reshape(features, members * hidden),
        mode="sum",
        per_sample_weights=torch.tensor(shares.reshape(-1, most)),
    )
    return summed.reshape(count, history, members, hidden).permute(2, 0, 1, 3)


def _make_unknown(
    places: np.ndarray,
    shares: np.ndarray,
    intents: np.ndarray,
    chance: float,
    random: np.random.Generator,
) -> np.ndarray:
    """Take the intent off the last state of some examples, in place; return which, (examples,)."""
    intent = intents[places[:, -1]] & (shares[:, -1] > 0)
    unsure = intent.any(1) & (random.random(len(places)) < chance)
    shares[:, -1][intent & unsure[:, None]] = 0
    return unsure


def _loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    unsure: torch.Tensor,
    importance: torch.Tensor,
    smoothing: float,
) -> torch.Tensor:
    logs: Any = torch.log_softmax(logits, -1)
    right = logs[:, torch.arange(len(labels)), labels]
    spread = logs.mean(-1)
    share = torch.where(unsure, torch.ones(()), torch.tensor(smoothing))
    each = -(1 - share) * right - share * spread
    return (each * importance[labels]).mean()
