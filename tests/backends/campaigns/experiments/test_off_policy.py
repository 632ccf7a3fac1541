"""Off-policy estimates where the truth is known: right on average, covered as often as said."""

import numpy as np
import pytest

from backends.campaigns.experiments.off_policy.estimators import NoSupport, evaluate
from backends.campaigns.experiments.off_policy.log import Log
from backends.campaigns.experiments.off_policy.policies import (
    Learned,
    LearnedLinUcb,
    Weights,
    always,
)
from backends.campaigns.experiments.off_policy.reward_model import cross_fitted


def chance(contexts):
    """Success rate of two arms: which is better depends on the first feature."""
    return np.stack([np.full(len(contexts), 0.3), 0.1 + 0.4 * contexts[:, 0]], axis=1)


def a_log(rng, units=1500, floor=0.1):
    """A log of a policy that prefers the second arm where the second feature is high."""
    contexts = rng.random((units, 2))
    second = floor + (1 - 2 * floor) * contexts[:, 1]
    arms = (rng.random(units) < second).astype(int)
    propensities = np.where(arms == 1, second, 1 - second)
    rewards = (rng.random(units) < chance(contexts)[np.arange(units), arms]).astype(float)
    return Log(contexts, arms, rewards, propensities, 2)


class Sharp:
    """The second arm where it is better: 0.3 below one half, else 0.1 + 0.4 x."""

    truth = 0.5 * 0.3 + 0.5 * (0.1 + 0.4 * 0.75)

    def probabilities(self, contexts):
        return np.eye(2)[(contexts[:, 0] > 0.5).astype(int)]


@pytest.fixture(scope="module")
def logs():
    """Logs with the expectations of cross-fitted models."""
    rng = np.random.default_rng(23)
    found = [a_log(rng) for _ in range(150)]
    return [(log, cross_fitted(log, folds=3)) for log in found]


@pytest.mark.parametrize(
    ("policy", "truth"), [(always(1, 2), 0.3), (Weights([1, 3]), 0.3), (Sharp(), Sharp.truth)]
)
def test_estimates_are_right_on_average_and_covered_as_often_as_said(logs, policy, truth):
    found = [evaluate(log, policy, expected=expected) for log, expected in logs]
    for method in ("ips", "snips", "dr"):
        values = [getattr(one, method) for one in found]
        error = np.std([value.estimate for value in values]) / len(logs) ** 0.5
        assert abs(np.mean([value.estimate for value in values]) - truth) < 4 * error, method
        covered = np.mean([value.low <= truth <= value.high for value in values])
        assert 0.89 <= covered <= 0.995, method
    widths = {
        method: np.mean([getattr(one, method).high - getattr(one, method).low for one in found])
        for method in ("ips", "snips", "dr")
    }
    assert widths["dr"] <= widths["snips"] * 1.01 < widths["ips"] * 1.01


def test_the_logged_policy_itself_is_its_mean():
    log = a_log(np.random.default_rng(1))

    class Same:
        def probabilities(self, contexts):
            second = 0.1 + 0.8 * contexts[:, 1]
            return np.stack([1 - second, second], axis=1)

    found = evaluate(log, Same())
    assert found.ips.estimate == pytest.approx(log.rewards.mean())
    assert found.effective == pytest.approx(len(log))


@pytest.mark.parametrize("learner", [Learned, LearnedLinUcb])
def test_a_learned_policy_beats_both_arms(learner):
    rng = np.random.default_rng(5)
    policy = learner(a_log(rng, 8000))
    contexts = rng.random((20_000, 2))
    value = (policy.probabilities(contexts) * chance(contexts)).sum(1).mean()
    assert value == pytest.approx(Sharp.truth, abs=0.01)
    assert evaluate(a_log(rng, 8000), policy).dr.estimate == pytest.approx(value, abs=0.04)


def test_without_support_nothing_is_said():
    log = a_log(np.random.default_rng(2))
    nobody = log.part(np.arange(0))
    only_first = log.part(np.flatnonzero(log.arms == 0))
    broken = Log(log.contexts, log.arms, log.rewards, log.propensities * (log.arms == 0), 2)
    for wrong, code in ((nobody, "empty"), (only_first, "unseen"), (broken, "propensity")):
        with pytest.raises(NoSupport) as refusal:
            evaluate(wrong, always(1, 2))
        assert refusal.value.code == code
    few = a_log(np.random.default_rng(2), units=150, floor=0.01)
    with pytest.raises(NoSupport) as refusal:
        evaluate(few, always(1, 2))
    assert refusal.value.code == "effective"


def test_revenue_is_modelled_too():
    rng = np.random.default_rng(8)
    contexts = rng.random((3000, 1))
    arms = rng.integers(0, 2, 3000)
    spent = rng.exponential(10 + 20 * contexts[:, 0] * arms)
    found = evaluate(Log(contexts, arms, spent, np.full(3000, 0.5), 2), always(1, 2))
    assert found.dr.low < 20 < found.dr.high
    assert found.dr.high - found.dr.low < found.ips.high - found.ips.low
