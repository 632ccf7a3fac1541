"""Learned policies and off-policy estimates on Hillstrom's trial."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from backends.campaigns.experiments.off_policy.estimators import evaluate
from backends.campaigns.experiments.off_policy.log import Log
from backends.campaigns.experiments.off_policy.policies import (
    Learned,
    LearnedLinUcb,
    Policy,
    Weights,
    always,
)
from backends.campaigns.experiments.off_policy.reward_model import cross_fitted
from benchmarks.campaigns.hillstrom import ARMS, Trial
from benchmarks.harness import Figure

_LOGS = 100
#: How the logging policy of the subsampled trial prefers arms, by whether women's goods were bought.
_LOGGING = np.array([[0.2, 0.65, 0.15], [0.15, 0.25, 0.6]])
_WOMENS = 3


def learned(trial: Trial, seed: int) -> list[Figure]:
    """Policies learned on one half, valued on the other by inverse propensities (all 1/3)."""
    train, test = _halves(trial, seed)
    log = _uniform(train)
    fixed = max(range(len(ARMS)), key=lambda arm: train.visits[train.arms == arm].mean())
    policies: dict[str, Policy] = {
        "T-learner": Learned(log),
        "LinUCB": LearnedLinUcb(log),
    }
    best = always(fixed, len(ARMS))
    nobody_knows = Weights(np.ones(len(ARMS)))
    whole = _value(test, best)
    figures = [
        *_figures(f"best fixed arm ({ARMS[fixed]}): visit rate", whole),
        *_figures("random arm: visit rate", _value(test, nobody_knows)),
    ]
    for name, policy in policies.items():
        value = _value(test, policy)
        figures += _figures(f"{name}: visit rate", value, whole[0])
        figures += _figures(f"{name} over the best fixed arm", _gain(test, policy, best))
        figures += _figures(f"{name} over random", _gain(test, policy, nobody_knows), target=">= 0")
    return figures


def off_policy(trial: Trial, seed: int) -> list[Figure]:
    """Estimates from logs of a policy that was not uniform, against what the trial says.

    The logs are drawn from the second half by rejection, so that each customer's arm has the
    logging policy's probability. The truth is the value on all of that half; it has an error of
    its own, and the logs are parts of it, so that coverage of it is expected above 95 %.
    """
    train, test = _halves(trial, seed)
    policies: dict[str, Policy] = {
        "men's for all": always(1, 3),
        "women's for all": always(2, 3),
        "T-learner": Learned(_uniform(train)),
    }
    rng = np.random.default_rng(seed)
    logs = [_biased(test, rng) for _ in range(_LOGS)]
    expected = [
        cross_fitted(log) for log in tqdm(logs, desc="reward models", disable=None, leave=False)
    ]
    figures = []
    for name, policy in policies.items():
        truth = _value(test, policy)[0]
        found = [
            evaluate(log, policy, expected=each) for log, each in zip(logs, expected, strict=True)
        ]
        plain = np.mean([_agreeing(log, policy) for log in logs])
        figures.append(Figure(f"{name}: visit rate in the trial", truth, "share"))
        for method in ("ips", "snips", "dr"):
            values = [getattr(one, method) for one in found]
            error = float(np.mean([abs(value.estimate - truth) for value in values]))
            covered = float(np.mean([value.low <= truth <= value.high for value in values]))
            figures += [
                Figure(
                    f"{name}, {method.upper()}: mean absolute error", error, "share",
                    peer=float(abs(plain - truth)), target="<= 0.01",
                ),
                Figure(
                    f"{name}, {method.upper()}: intervals that cover", covered, "share",
                    target=">= 0.9",
                ),
            ]  # fmt: skip
    return figures


def _halves(trial: Trial, seed: int) -> tuple[Trial, Trial]:
    mixed = np.random.default_rng(seed).permutation(len(trial))
    half = len(trial) // 2
    return trial.part(mixed[:half]), trial.part(mixed[half:])


def _uniform(trial: Trial) -> Log:
    chances = np.full(len(trial), 1 / len(ARMS))
    return Log(trial.contexts, trial.arms, trial.visits, chances, len(ARMS))


def _value(trial: Trial, policy: Policy) -> tuple[float, float, float]:
    """The value on a randomised trial with its 95 % interval (self-normalised)."""
    found = evaluate(_uniform(trial), policy).snips
    return found.estimate, found.low, found.high


def _gain(trial: Trial, policy: Policy, other: Policy) -> tuple[float, float, float]:
    """The difference of two policies on the same customers, doubly robust, with its interval."""
    log = _uniform(trial)
    expected = cross_fitted(log)
    apart = policy.probabilities(log.contexts) - other.probabilities(log.contexts)
    rows = np.arange(len(log))
    scores = (apart * expected).sum(1)
    scores += apart[rows, log.arms] / log.propensities * (log.rewards - expected[rows, log.arms])
    half_width = 1.96 * scores.std(ddof=1) / len(log) ** 0.5
    mean = float(scores.mean())
    return mean, float(mean - half_width), float(mean + half_width)


def _biased(trial: Trial, rng: np.random.Generator) -> Log:
    chances = _LOGGING[trial.contexts[:, _WOMENS].astype(int)]
    mine = chances[np.arange(len(trial)), trial.arms]
    kept = rng.random(len(trial)) < mine / chances.max(1)
    part = trial.part(kept)
    return Log(part.contexts, part.arms, part.visits, mine[kept], len(ARMS))


def _agreeing(log: Log, policy: Policy) -> float:
    """What one would say without propensities: the mean of those who got what the policy gives."""
    chances = policy.probabilities(log.contexts)[np.arange(len(log)), log.arms]
    return float((chances * log.rewards).sum() / chances.sum())


def _figures(
    name: str, value: tuple[float, float, float], peer: float | None = None, target: str = ""
) -> list[Figure]:
    estimate, low, high = value
    between = f"95 %: {low:.4f} to {high:.4f}"
    figures = [Figure(name, estimate, "share", peer=peer, published=between)]
    if target:
        figures.append(Figure(f"{name}: lower end", low, "share", target=target))
    return figures
