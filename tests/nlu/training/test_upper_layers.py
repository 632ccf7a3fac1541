"""Upper layers learn what frozen ones cannot tell, and are left alone where they do not help."""

import math

import numpy as np
import pytest
import torch

from xiaoer.lm.base import Architecture
from xiaoer.nlu.training import sampling, upper_layers
from xiaoer.nlu.training.calibration import folds
from xiaoer.nlu.training.intents import fit_intents
from xiaoer.nlu.training.rates import reproducible, set_rate
from xiaoer.nlu.training.states import States
from xiaoer.nlu.training.upper_layers import (
    MANY,
    STEPS,
    Plan,
    between,
    choose_step,
    train_upper_layers,
)

WIDTH = 32
SHAPE = Architecture(WIDTH, 1, 4, 64, 64, 1e-6, "gelu", 0, 1)
LABELS = ["same", "other"]


def layer(seed: int = 0) -> dict[str, np.ndarray]:
    """The arrays of a random layer."""
    random = np.random.default_rng(seed)
    arrays = {}
    for part, out, width in [
        *((name, WIDTH, WIDTH) for name in ("q", "k", "v", "attention")),
        ("up", 64, WIDTH),
        ("down", WIDTH, 64),
    ]:
        arrays[f"{part}.weight"] = random.normal(0, 0.2, (out, width)).astype(np.float32)
        arrays[f"{part}.bias"] = np.zeros(out, np.float32)
    for part in ("attention_norm", "output_norm"):
        arrays[f"{part}.weight"] = np.ones(WIDTH, np.float32)
        arrays[f"{part}.bias"] = np.zeros(WIDTH, np.float32)
    return arrays


def states(size: int, noise: bool = False) -> States:
    """Texts of four subwords: whether the first and the last are alike is their intent.

    A linear head on the mean of the states cannot see it; attention can. With ``noise`` the
    intents are drawn by lot.
    """
    random = np.random.default_rng(7)
    words = random.normal(0, 1, (4, WIDTH))
    ends = random.integers(0, 4, (size, 2))
    ends[: size // 2, 1] = ends[: size // 2, 0]
    lower = random.normal(0, 0.1, (size, 4, WIDTH))
    lower[:, 0] += words[ends[:, 0]]
    lower[:, 3] += words[ends[:, 1]]
    intents = (ends[:, 0] != ends[:, 1]).astype(np.int64)
    if noise:
        intents = random.integers(0, 2, size)
    flat = lower.reshape(-1, WIDTH).astype(np.float16)
    vectors = lower.mean(1).astype(np.float32)
    starts = np.arange(size + 1) * 4
    return States(
        [""] * size, flat, flat, starts, vectors, np.full(len(flat), -100, np.int64), intents
    )


def trained(given: States, plan: Plan):
    held = folds(given.intents, 10, 0) == 0
    with reproducible(0, 1):
        head, _ = fit_intents(
            given, np.flatnonzero(~held), LABELS, 0.01, 0, ngrams=False, calibrate=False
        )
        passes: list[int] = []
        result = train_upper_layers(
            SHAPE, [layer()], 0, given, held, head, None, plan, passes.append
        )
    return result, sum(passes)


def test_layers_learn_what_a_head_cannot_see() -> None:
    result, passes = trained(states(600), Plan(12, 3e-3, 0, 0))
    assert passes == 12
    assert result.layers is not None
    assert result.intent is not None
    assert not np.array_equal(result.layers[0]["q.weight"], layer()["q.weight"])


def test_layers_that_only_learn_by_heart_are_left_alone() -> None:
    result, passes = trained(states(1000, noise=True), Plan(6, 3e-3, 0, 0))
    assert result.layers is None
    assert passes == 6


def test_few_texts_that_are_all_right_do_not_make_it_sure_of_everything() -> None:
    given = states(120)
    given.vectors[:] = np.where(given.intents[:, None], 1, -1) * np.linspace(0.5, 1, WIDTH)
    given.lower[:] = given.upper[:] = np.repeat(given.vectors, 4, axis=0)
    result, _ = trained(given, Plan(3, 1e-3, 0, 0))
    frozen, _ = fit_intents(given, np.arange(120), LABELS, 0.01, 0, ngrams=False)
    assert result.intent is not None
    assert result.intent.temperature > frozen.temperature / 2


def test_the_time_is_kept() -> None:
    result, passes = trained(states(600), Plan(100_000, 3e-3, 0.5, 0))
    assert passes < 100_000
    assert result.intent is not None


def test_the_rate_is_down_before_held_out_texts_judge_and_at_the_end(monkeypatch) -> None:
    rates: list[float] = []

    def watched(optimizer: torch.optim.Optimizer, part: float) -> None:
        set_rate(optimizer, part)
        rates.append(optimizer.param_groups[0]["lr"])

    monkeypatch.setattr(upper_layers, "set_rate", watched)
    # All texts in each pass, so that the steps before held-out texts judge can be counted.
    monkeypatch.setattr(sampling, "LEAST", 1.0)
    result, _ = trained(states(600), Plan(12, 3e-3, 0, 0))
    assert result.layers is not None
    before = rates[: 8 * math.ceil(540 / upper_layers._BATCH)]
    after = rates[len(before) :]
    assert len(after) == 4 * math.ceil(600 / upper_layers._BATCH)
    assert max(before) > 2e-3
    assert before[-1] < 3e-5
    assert after[0] == pytest.approx(1e-3, rel=0.02)
    assert after[-1] < 3e-5


def test_what_is_known_is_gone_over_less_often(monkeypatch) -> None:
    seen: list[int] = []

    class Watched(sampling.LossSampling):
        def saw(self, texts: np.ndarray, losses: np.ndarray) -> None:
            seen.append(len(texts))
            super().saw(texts, losses)

    monkeypatch.setattr(upper_layers, "LossSampling", Watched)
    result, passes = trained(states(600), Plan(12, 3e-3, 0, 0))
    assert result.layers is not None
    assert passes == 12
    assert sum(seen[: math.ceil(540 / upper_layers._BATCH)]) == 540
    assert sum(seen) < 0.8 * 12 * 600


def test_the_same_seed_gives_the_same_layers() -> None:
    one, other = (trained(states(200), Plan(3, 3e-3, 0, 0))[0] for _ in range(2))
    assert one.layers is not None
    assert other.layers is not None
    for name, values in one.layers[0].items():
        assert np.array_equal(values, other.layers[0][name])


@pytest.mark.parametrize("step", [0.0, 0.25, 1.0])
def test_between(step: float) -> None:
    first, last = {"w": torch.tensor([1.0, 3.0])}, {"w": torch.tensor([2.0, -1.0])}
    found = between(first, last, step)["w"]
    assert torch.allclose(found, first["w"] * (1 - step) + last["w"] * step)


def losses(means: list[float], size: int, spread: float) -> list[list[np.ndarray]]:
    """For each step the losses of one head; ``spread`` is how unlike two steps' are."""
    random = np.random.default_rng(3)
    noise = random.normal(0, spread, (len(means), size))
    noise -= noise.mean(1, keepdims=True)
    return [[mean + each] for mean, each in zip(means, noise, strict=True)]


@pytest.mark.parametrize(
    ("means", "size", "step"),
    [
        # Many texts: what is best is taken, be it the frozen or the trained layers.
        ([1.0, 0.9, 0.8, 0.7, 0.6], 4000, 1.0),
        ([1.0, 0.8, 0.9, 1.0, 1.1], 4000, 0.25),
        ([0.6, 0.7, 0.8, 0.9, 1.0], 4000, 0.0),
        ([1.0, 0.99, 0.98, 0.97, 0.96], 400, 1.0),
        # Few: what cannot be told apart counts as equal, and the middle is taken.
        ([1.0, 0.99, 0.98, 0.97, 0.96], 40, 0.5),
        ([0.98, 0.99, 1.0, 1.01, 1.02], 40, 0.5),
        # Trained layers that gain next to nothing are not worth their space.
        ([1.0, 0.999, 0.999, 0.999, 0.999], 400_000, 0.0),
    ],
)
def test_the_step_that_held_out_texts_ask_for(means: list[float], size: int, step: float) -> None:
    assert STEPS[choose_step(losses(means, size, 0.5), few=size < MANY)] == step


def test_both_heads_have_a_say_in_the_step() -> None:
    intents = losses([1.0, 0.95, 0.9, 0.85, 0.8], 4000, 0.5)
    tags = losses([0.1, 0.2, 0.4, 0.6, 0.8], 4000, 0.1)
    both = [[*one, *other] for one, other in zip(intents, tags, strict=True)]

    assert STEPS[choose_step(intents, few=True)] == 1.0
    assert STEPS[choose_step(both, few=True)] == 0.0


def test_nothing_held_out_leaves_the_layers_alone() -> None:
    assert STEPS[choose_step([[] for _ in STEPS], few=True)] == 0.0
