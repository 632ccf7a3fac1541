"""Three estimates of a policy's value from a log, each with a normal interval.

- IPS, inverse propensity scores: Horvitz and Thompson, A Generalization of Sampling Without
  Replacement from a Finite Universe, Journal of the American Statistical Association 47 (1952).
- SNIPS, self-normalised: Swaminathan and Joachims, The Self-Normalized Estimator for
  Counterfactual Learning, NIPS 2015; the variance is the delta method's for a ratio.
- DR, doubly robust: Dudík, Langford and Li, Doubly Robust Policy Evaluation and Learning,
  ICML 2011, with a cross-fitted reward model.
- The effective sample size is Kish's, (sum w)^2 / sum w^2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from backends.campaigns.experiments.off_policy.log import Log
from backends.campaigns.experiments.off_policy.policies import Policy
from backends.campaigns.experiments.off_policy.reward_model import cross_fitted
from backends.campaigns.experiments.statistics.intervals import Interval

#: Of fewer effective units the normal interval means nothing.
LEAST_EFFECTIVE = 100.0


class NoSupport(ValueError):
    """The log cannot say what the policy would have brought.

    Args:
        code: ``empty``, ``propensity``, ``unseen`` or ``effective``.
        message: one sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Evaluation:
    """Estimates of a policy's value.

    Attributes:
        ips, snips, dr: by each method.
        logged: what the logged policy itself brought.
        units: of the log.
        effective: how many units of the policy itself the log is worth.
    """

    ips: Interval
    snips: Interval
    dr: Interval
    logged: Interval
    units: int
    effective: float


def evaluate(
    log: Log,
    policy: Policy,
    alpha: float = 0.05,
    expected: NDArray[np.float64] | None = None,
) -> Evaluation:
    """Estimate what a policy would have brought.

    Args:
        log: units that the policy has not learned from.
        policy: that did not run.
        alpha: 1 - the intervals' level.
        expected: rewards by a cross-fitted model, shape (units, arms), if they are known already
            (`cross_fitted`).

    Raises:
        NoSupport: the log is too small, lacks a propensity, lacks an arm that the policy gives, or
            agrees with the policy too rarely.
    """
    if len(log) < 2:
        raise NoSupport("empty", "There is no unit with a known outcome to learn from.")
    if not (np.isfinite(log.propensities).all() and (log.propensities > 0).all()):
        raise NoSupport("propensity", "The log has units without a propensity above 0.")
    chances = policy.probabilities(log.contexts)
    seen = np.bincount(log.arms, minlength=log.count) > 0
    if (chances.max(0) > 0)[~seen].any():
        raise NoSupport("unseen", "The policy gives an arm that nobody in the log got.")
    weights = chances[np.arange(len(log)), log.arms] / log.propensities
    effective = float(weights.sum() ** 2 / max((weights**2).sum(), 1e-300))
    if effective < LEAST_EFFECTIVE:
        raise NoSupport(
            "effective", "The log agrees with the policy in too few units to say anything."
        )
    value = float((weights * log.rewards).mean())
    normalised = float((weights * log.rewards).sum() / weights.sum())
    if expected is None:
        expected = cross_fitted(log)
    scores = (chances * expected).sum(1) + weights * (
        log.rewards - expected[np.arange(len(log)), log.arms]
    )
    return Evaluation(
        ips=_interval(value, weights * log.rewards, alpha),
        snips=_interval(normalised, weights * (log.rewards - normalised) / weights.mean(), alpha),
        dr=_interval(float(scores.mean()), scores, alpha),
        logged=_interval(float(log.rewards.mean()), log.rewards, alpha),
        units=len(log),
        effective=effective,
    )


def _interval(estimate: float, scores: NDArray[np.float64], alpha: float) -> Interval:
    error = float(scores.std(ddof=1)) / math.sqrt(len(scores))
    half = float(norm.isf(alpha / 2)) * error
    return Interval(estimate, estimate - half, estimate + half)
