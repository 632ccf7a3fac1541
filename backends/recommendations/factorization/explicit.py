"""Ratings: biased matrix factorisation by variational Bayes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from backends.recommendations.factorization.batches import Batch, batches
from backends.recommendations.factorization.observations import Floats, Observations
from backends.recommendations.factorization.prior import LinearPrior, PriorFit

if TYPE_CHECKING:
    import torch

_START = 0.1


@dataclass(frozen=True)
class RatingFactors:
    """What the ratings teach: ``r_ui = mean + b_u + b_i + q_i·p_u``, the bias last in each row.

    Attributes:
        mean: of all ratings.
        users, items: (users, d + 1) and (items, d + 1) posterior means ``[p_u, b_u]``, ``[q_i, b_i]``.
        user_prior, item_prior: where they lie before a rating is seen.
        user_precision: (d + 1,) inverse variance of users about their prior.
        noise: inverse variance of a rating about its prediction.
        item_covariances: (items, d + 1, d + 1) posterior covariances, which a new user's vector
            takes into account.
    """

    mean: float
    users: Floats
    items: Floats
    user_prior: LinearPrior
    item_prior: LinearPrior
    user_precision: Floats
    noise: float
    item_covariances: Floats


class _Side:
    """The users, or the items, with what is believed of them."""

    def __init__(
        self,
        features: Floats,
        dimension: int,
        observed: csr_matrix,
        work: list[Batch],
        draw: np.random.Generator | None = None,
    ) -> None:
        import torch

        count = len(features)
        self.fit = PriorFit(features)
        self.observed = observed
        self.batches = work
        means = np.zeros((count + 1, dimension + 1), np.float32)
        if draw is not None:
            means[:-1, :-1] = draw.normal(0, _START, (count, dimension))
        self.means = torch.from_numpy(means)
        self.covariances = _START * torch.eye(dimension + 1).repeat(count, 1, 1)
        self.prior = LinearPrior(
            np.zeros((features.shape[1], dimension + 1), np.float32),
            np.zeros(dimension + 1, np.float32),
            features.mean(axis=0),
        )
        # A tighter one shrinks, at the first sweeps, factors that the data needs, and for good.
        self.precision = torch.ones(dimension + 1)
        self.centres = torch.zeros(count, dimension + 1)

    def learn_prior(self) -> None:
        """Fit W, w and the precision to what is believed of the vectors now."""
        import torch

        variances = torch.diagonal(self.covariances, dim1=1, dim2=2)
        self.prior, precision = self.fit.fit(self.means[:-1].numpy(), variances.numpy())
        self.precision = torch.from_numpy(precision)
        self.centres = torch.from_numpy(self.prior.means(self.fit.features).astype(np.float32))


def fit_ratings(
    ratings: Observations, user_features: Floats, item_features: Floats, dimension: int, seed: int
) -> Iterator[RatingFactors]:
    """Yield the factors after each sweep over users and items, for as long as they are asked for.

    Variational Bayes for matrix factorisation (Lim and Teh, "Variational Bayesian approach to
    movie rating prediction", KDD Cup 2007), with biases, with Gaussian priors about a linear map of
    the features (Agarwal and Chen, "Regression-based latent factor models", KDD 2009), and every
    precision learned from the data, so that there is nothing to tune.

    Args:
        ratings: at least one.
        user_features, item_features: (users, any) and (items, any).
        dimension: d, the most factors; those that the data does not need shrink to nothing.
        seed: of the first vectors.
    """
    import torch

    draw = np.random.default_rng(seed)
    mean = float(ratings.values.mean())
    values = torch.from_numpy(np.append(ratings.values - mean, 0).astype(np.float32))
    ones = np.ones(len(ratings), np.float32)
    shape = (ratings.user_count, ratings.item_count)
    observed = csr_matrix((ones, (ratings.users, ratings.items)), shape)
    by_user = batches(ratings.users, ratings.items, *shape)
    by_item = batches(ratings.items, ratings.users, *reversed(shape))
    users = _Side(user_features, dimension, observed, by_user)
    items = _Side(item_features, dimension, observed.T.tocsr(), by_item, draw)
    noise = 1 / max(float(values[:-1].var(unbiased=False)), 1e-3)
    while True:
        _update(users, items, values, noise)
        error = _update(items, users, values, noise)
        users.learn_prior()
        items.learn_prior()
        noise = len(ratings) / max(error, 1e-6)
        yield RatingFactors(
            mean=mean,
            users=users.means[:-1].numpy().copy(),
            items=items.means[:-1].numpy().copy(),
            user_prior=users.prior,
            item_prior=items.prior,
            user_precision=users.precision.numpy(),
            noise=noise,
            item_covariances=items.covariances.numpy().copy(),
        )


def _update(side: _Side, other: _Side, values: torch.Tensor, noise: float) -> float:
    """Update one side given the other; return the expected squared error of all values."""
    import torch

    error = 0.0
    size = side.means.shape[1]
    # What of the other side is uncertain, summed over each row's observations.
    summed = side.observed @ other.covariances.numpy().reshape(-1, size * size)
    uncertain = torch.from_numpy(summed).reshape(-1, size, size)
    for batch in side.batches:
        there = (batch.entries < len(values) - 1).float()
        regressors = other.means[batch.columns]
        offsets = values[batch.entries] - regressors[..., -1]
        regressors[..., -1] = there
        spread = uncertain[batch.rows]
        # The other side's bias is subtracted: it varies by itself and with the factors.
        with_bias = spread[:, -1].clone()
        bias_variance = with_bias[:, -1].sum()
        with_bias[:, -1] = 0
        spread[:, -1, :] = 0
        spread[:, :, -1] = 0
        gram = regressors.transpose(1, 2) @ regressors + spread
        right = (regressors.transpose(1, 2) @ offsets.unsqueeze(-1)).squeeze(-1) - with_bias
        factor = torch.linalg.cholesky(noise * gram + torch.diag(side.precision))
        covariances = torch.cholesky_inverse(factor)
        target = side.centres[batch.rows] * side.precision + noise * right
        means = (covariances @ target.unsqueeze(-1)).squeeze(-1)
        side.covariances[batch.rows] = covariances
        side.means[batch.rows] = means
        second = covariances + means.unsqueeze(-1) * means.unsqueeze(-2)
        squares = (offsets**2).sum() + bias_variance + (gram * second).sum()
        error += float(squares - 2 * (right * means).sum())
    return error
