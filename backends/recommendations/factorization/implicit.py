"""Views and purchases: weighted matrix factorisation by alternating least squares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backends.recommendations.factorization.batches import Batch, batches
from backends.recommendations.factorization.observations import Floats, Observations
from backends.recommendations.factorization.prior import LinearPrior, PriorFit

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Strength:
    """What is chosen on validation data.

    Attributes:
        background: α₀, the weight of each pair that was not observed, whose score is drawn to 0.
        regularisation: λ, by which a vector is drawn to its prior mean, times its observations
            (the background's included).
    """

    background: float
    regularisation: float


@dataclass(frozen=True)
class PreferenceFactors:
    """What the feedback teaches: a score ``q_i·p_u``, near 1 for what a user takes.

    Attributes:
        users, items: (users, d) and (items, d).
        user_prior, item_prior: where they lie before anything is observed.
        strength: with which they were learned.
    """

    users: Floats
    items: Floats
    user_prior: LinearPrior
    item_prior: LinearPrior
    strength: Strength


class _Side:
    """The users, or the items."""

    def __init__(self, features: Floats, dimension: int, work: list[Batch]) -> None:
        import torch

        self.fit = PriorFit(features)
        self.batches = work
        # One row more, of zeros, for the padding of batches.
        self.vectors = torch.zeros(len(features) + 1, dimension)
        self.prior = LinearPrior(
            np.zeros((features.shape[1], dimension), np.float32),
            np.zeros(dimension, np.float32),
            features.mean(axis=0),
        )
        self.centres = torch.zeros(len(features), dimension)

    def learn_prior(self) -> None:
        """Fit W and w to the vectors as they are now."""
        import torch

        self.prior, _ = self.fit.fit(self.vectors[:-1].numpy())
        self.centres = torch.from_numpy(self.prior.means(self.fit.features).astype(np.float32))


def fit_preferences(
    feedback: Observations,
    user_features: Floats,
    item_features: Floats,
    dimension: int,
    strength: Strength,
    seed: int,
) -> Iterator[PreferenceFactors]:
    """Yield the factors after each sweep over users and items, for as long as they are asked for.

    Minimises Σ_observed c_ui (1 - q_i·p_u)² + α₀ Σ_all (q_i·p_u)² and the squared distances of the
    vectors from a linear map of their features, each times λ (n + α₀ N) (Hu, Koren and Volinsky,
    "Collaborative filtering for implicit feedback datasets", ICDM 2008; regularisation by frequency
    as in Rendle et al., "Revisiting the performance of iALS", RecSys 2022, §4; the map as in
    Agarwal and Chen, "Regression-based latent factor models", KDD 2009).

    Args:
        feedback: values are the weights c_ui.
        user_features, item_features: (users, any) and (items, any).
        dimension: d.
        strength: see there.
        seed: of the first vectors.
    """
    import torch

    draw = np.random.default_rng(seed)
    shape = (feedback.user_count, feedback.item_count)
    weights = torch.from_numpy(np.append(feedback.values, 0).astype(np.float32))
    users = _Side(user_features, dimension, batches(feedback.users, feedback.items, *shape))
    items = _Side(
        item_features, dimension, batches(feedback.items, feedback.users, *reversed(shape))
    )
    first = draw.normal(0, 0.1 / np.sqrt(dimension), (feedback.item_count, dimension))
    items.vectors[:-1] = torch.from_numpy(first.astype(np.float32))
    while True:
        _update(users, items, weights, strength)
        users.learn_prior()
        _update(items, users, weights, strength)
        items.learn_prior()
        yield PreferenceFactors(
            users=users.vectors[:-1].numpy().copy(),
            items=items.vectors[:-1].numpy().copy(),
            user_prior=users.prior,
            item_prior=items.prior,
            strength=strength,
        )


def _update(side: _Side, other: _Side, weights: torch.Tensor, strength: Strength) -> None:
    """Solve for one side's vectors, given the other's."""
    import torch

    known = other.vectors
    background = strength.background * (known.T @ known)
    identity = torch.eye(known.shape[1])
    for batch in side.batches:
        weight = weights[batch.entries].unsqueeze(-1)
        regressors = known[batch.columns]
        weighted = regressors * weight
        observed = (weight > 0).sum(dim=(1, 2))
        pull = strength.regularisation * (observed + strength.background * (len(known) - 1))
        matrix = background + regressors.transpose(1, 2) @ weighted
        matrix += pull[:, None, None] * identity
        right = weighted.sum(dim=1) + pull[:, None] * side.centres[batch.rows]
        factor = torch.linalg.cholesky(matrix)
        side.vectors[batch.rows] = torch.cholesky_solve(right.unsqueeze(-1), factor).squeeze(-1)
