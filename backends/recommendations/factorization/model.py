"""The trained model as it serves: item vectors, and users folded in from what they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from backends.recommendations.factorization.explicit import RatingFactors
from backends.recommendations.factorization.implicit import PreferenceFactors, Strength
from backends.recommendations.factorization.observations import Floats
from backends.recommendations.factorization.prior import LinearPrior

Kind = Literal["ratings", "preferences"]


@dataclass(frozen=True)
class FoldedUser:
    """A user's vector, solved from what they did, and how each thing they did bears on it.

    Attributes:
        vector: (d,) p_u.
        bias: b_u, 0 for preferences.
        pulls: (history, d): the vector is their sum and what the prior adds.
    """

    vector: Floats
    bias: float
    pulls: Floats

    def contributions(self, item_vectors: Floats) -> Floats:
        """Return (n, history) the parts of the scores q_i·p_u that each thing done brings in.

        The explanation of Hu, Koren and Volinsky (ICDM 2008, §5): what is left of a score comes
        from the prior.
        """
        return item_vectors @ self.pulls.T


@dataclass(frozen=True)
class HybridMatrixFactorization:
    """Scores ``μ + b_u + b_i + q_i·p_u`` with ``q_i`` about a linear map of the item's features.

    Holds nothing of any user: a user's vector is solved when it is asked for (`fold_in`), so what
    somebody did a moment ago counts, and what somebody had erased is gone.

    Attributes:
        kind: learned from ratings (predicts stars) or from preferences (higher is likelier).
        mean: μ, 0 for preferences.
        item_vectors: (items, d).
        item_biases: (items,), 0 for preferences.
        item_prior: gives vectors, and for ratings the bias last, from features.
        user_prior: the same for users.
        strength: of preferences, None for ratings.
        noise, user_precision, item_variances: of ratings, as in `RatingFactors`; the variances are
            the covariances' diagonals, (items, d + 1). None for preferences.
    """

    kind: Kind
    mean: float
    item_vectors: Floats
    item_biases: Floats
    item_prior: LinearPrior
    user_prior: LinearPrior
    strength: Strength | None = None
    noise: float | None = None
    user_precision: Floats | None = None
    item_variances: Floats | None = None
    _background: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weight = self.strength.background if self.strength else 0.0
        object.__setattr__(self, "_background", weight * (self.item_vectors.T @ self.item_vectors))

    @classmethod
    def of(cls, factors: RatingFactors | PreferenceFactors) -> HybridMatrixFactorization:
        """Return what of trained factors serves."""
        if isinstance(factors, PreferenceFactors):
            return cls(
                kind="preferences",
                mean=0.0,
                item_vectors=factors.items,
                item_biases=np.zeros(len(factors.items), np.float32),
                item_prior=factors.item_prior,
                user_prior=factors.user_prior,
                strength=factors.strength,
            )
        return cls(
            kind="ratings",
            mean=factors.mean,
            item_vectors=np.ascontiguousarray(factors.items[:, :-1]),
            item_biases=np.ascontiguousarray(factors.items[:, -1]),
            item_prior=factors.item_prior,
            user_prior=factors.user_prior,
            noise=factors.noise,
            user_precision=factors.user_precision,
            item_variances=factors.item_covariances.diagonal(axis1=1, axis2=2).copy(),
        )

    @property
    def dimension(self) -> int:
        """How many factors there are, d."""
        return self.item_vectors.shape[1]

    def new_items(self, features: Floats) -> tuple[Floats, Floats]:
        """Return vectors (n, d) and biases (n,) of items that training did not see.

        Args:
            features: (n, features), made as for training.
        """
        means = self.item_prior.means(features).astype(np.float32)
        if self.kind == "ratings":
            return means[:, :-1], means[:, -1]
        return means, np.zeros(len(means), np.float32)

    def fold_in(
        self, items: Sequence[int], values: Sequence[float], features: Floats | None = None
    ) -> FoldedUser:
        """Solve for a user's vector, the items' being what they are.

        Args:
            items: positions in `item_vectors` of what the user did something with, each once; may
                be empty: the prior alone then speaks.
            values: stars, or weights, one for each.
            features: (features,) of the user, by default those of the mean user.
        """
        done = np.asarray(items, np.int64)
        given = np.asarray(values, np.float32)
        prior = self.user_prior
        centre = prior.intercept
        if features is not None:
            centre = prior.means(features[None])[0]
        if self.strength is not None:
            return self._fold_preferences(done, given, centre, self.strength)
        return self._fold_ratings(done, given, centre)

    def _fold_preferences(
        self, items: np.ndarray, weights: Floats, centre: Floats, strength: Strength
    ) -> FoldedUser:
        known = self.item_vectors[items]
        weighted = known * weights[:, None]
        pull = strength.regularisation * (len(items) + strength.background * len(self.item_vectors))
        # Who has done nothing at all has not passed over anything either.
        background = self._background if len(items) else 0.0
        matrix = background + known.T @ weighted + pull * np.eye(self.dimension)
        solved = np.linalg.solve(matrix, np.column_stack([weighted.T, pull * centre]))
        return FoldedUser(
            solved.sum(axis=1).astype(np.float32), 0.0, solved[:, :-1].T.astype(np.float32)
        )

    def _fold_ratings(self, items: np.ndarray, stars: Floats, centre: Floats) -> FoldedUser:
        assert self.noise is not None
        assert self.user_precision is not None
        assert self.item_variances is not None
        known = np.column_stack([self.item_vectors[items], np.ones(len(items), np.float32)])
        offsets = stars - self.mean - self.item_biases[items]
        variances = self.item_variances[items].sum(axis=0)
        variances[-1] = 0.0
        matrix = self.noise * (known.T @ known + np.diag(variances)) + np.diag(self.user_precision)
        right = np.column_stack(
            [self.noise * (known * offsets[:, None]).T, self.user_precision * centre]
        )
        solved = np.linalg.solve(matrix, right)
        vector = solved.sum(axis=1).astype(np.float32)
        return FoldedUser(vector[:-1], float(vector[-1]), solved[:-1, :-1].T.astype(np.float32))

    def scores(self, user: FoldedUser) -> Floats:
        """Return (items,) the predicted stars, or how likely an item is taken, higher is likelier."""
        return self.mean + user.bias + self.item_biases + self.item_vectors @ user.vector
