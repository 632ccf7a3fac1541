"""A policy as it was for a while: from it every draw and every propensity can be done again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.campaigns.experiments.design import CONTROL, LINUCB, Design
from backends.campaigns.experiments.models import NOTHING
from backends.campaigns.experiments.policies import linucb, thompson
from backends.campaigns.experiments.policies.draw import choose, uniforms


@dataclass(frozen=True)
class Decisions:
    """What some units get; arrays of one length.

    Attributes:
        arms: places of the arms, -1 for nothing.
        propensities: of these arms, 1 for those held out.
        is_holdout: who is.
        likely: the arm a contextual policy held for the best; None for other kinds.
    """

    arms: NDArray[np.int64]
    propensities: NDArray[np.float64]
    is_holdout: NDArray[np.bool_]
    likely: NDArray[np.int64] | None


def first_parameters(design: Design) -> dict[str, Any]:
    """What a policy is before it has learned anything."""
    if design.kind == LINUCB:
        model = linucb.LinUcb(len(design.arms), len(design.features) + 1)
        # All bounds are equal yet: the first arm must not get everybody for that.
        return {"models": model.stored(), "exploration": 1.0}
    return {"probabilities": list(design.shares)}


def thompson_parameters(
    design: Design, successes: Sequence[int], failures: Sequence[int]
) -> dict[str, Any]:
    """What Thompson sampling is after these outcomes of each arm."""
    learned = thompson.posteriors(successes, failures)
    mixed = thompson.with_floor(thompson.chances(learned), design.exploration)
    return {"posteriors": learned.tolist(), "probabilities": mixed.tolist()}


def linucb_parameters(
    design: Design,
    contexts: NDArray[np.float64],
    arms: NDArray[np.int64],
    rewards: NDArray[np.float64],
) -> dict[str, Any]:
    """What LinUCB is after these outcomes, their contexts as they were given."""
    model = linucb.LinUcb(len(design.arms), len(design.features) + 1)
    model.fit(linucb.scaled(contexts, design.features), arms, rewards)
    return {"models": model.stored(), "exploration": design.exploration}


def decide(
    design: Design,
    salt: str,
    parameters: dict[str, Any],
    units: Sequence[str],
    contexts: NDArray[np.float64] | None = None,
) -> Decisions:
    """Give each unit its arm: a pure function of what is given.

    Args:
        design: of the experiment.
        salt: of the experiment.
        parameters: of the snapshot.
        units: who.
        contexts: shape (units, features), of a contextual policy.
    """
    if not units:
        none = np.empty(0, np.int64)
        return Decisions(none, np.empty(0), np.empty(0, bool), None)
    numbers = uniforms(salt, units)
    likely = None
    if design.kind == LINUCB:
        assert contexts is not None, "LinUCB needs contexts"
        model = linucb.LinUcb.restored(parameters["models"])
        likely = model.best(linucb.scaled(contexts, design.features))
        chances = linucb.probabilities(likely, len(design.arms), parameters["exploration"])
    else:
        chances = np.array(parameters["probabilities"])
    arms, propensities = choose(numbers[:, 1], chances)
    held = numbers[:, 0] < design.holdout
    instead = design.control_place if design.holdout_gets == CONTROL else NOTHING
    return Decisions(np.where(held, instead, arms), np.where(held, 1.0, propensities), held, likely)


def propensities_of(design: Design, parameters: dict[str, Any], likely: int | None) -> list[float]:
    """The probability of each arm for units that this policy drew for.

    Args:
        design: of the experiment.
        parameters: of the snapshot.
        likely: the arm that a contextual policy held for the best.
    """
    if design.kind == LINUCB:
        assert likely is not None
        best = np.array([likely])
        return linucb.probabilities(best, len(design.arms), parameters["exploration"])[0].tolist()
    return list(parameters["probabilities"])
