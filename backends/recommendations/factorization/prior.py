"""Where a factor vector lies before anything is observed: a linear map of the item's features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.recommendations.factorization.observations import Floats

_STEPS = 20
_LEAST = 1e-6
#: A direction in which features vary less, as a share of their squares, does so by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class LinearPrior:
    """Means ``W f + w`` of the factor vectors of users or items with features ``f``.

    Attributes:
        weights: (features, d) W.
        intercept: (d,) w, the mean vector at the mean features.
        centre: (features,) the mean features.
    """

    weights: Floats
    intercept: Floats
    centre: Floats

    def means(self, features: Floats) -> Floats:
        """Return (n, d) the means for (n, features)."""
        return (features - self.centre) @ self.weights + self.intercept


class PriorFit:
    """Bayesian linear regression of factor vectors on features, by the evidence of MacKay (1992).

    How strongly W is drawn to zero follows, for each factor, from the data (the fixed-point
    iteration of Bishop, Pattern Recognition and Machine Learning, §3.5.2), so that features that
    say nothing are switched off.

    Args:
        features: (n, features), n at least 1; (n, 0) leaves the intercept alone.
    """

    def __init__(self, features: Floats) -> None:
        self.features = features
        self._centre = features.mean(axis=0)
        self._centred = (features - self._centre).astype(np.float64)
        values, basis = np.linalg.eigh(self._centred.T @ self._centred)
        varied = values > _ROUNDING * np.square(features, dtype=np.float64).sum()
        self._values, self._basis = values[varied], basis[:, varied]

    def fit(self, factors: Floats, variances: Floats | None = None) -> tuple[LinearPrior, Floats]:
        """Regress factors on the features.

        Args:
            factors: (n, d) posterior means.
            variances: (n, d) their posterior variances, none by default.

        Returns:
            The prior, and (d,) the precision of factors about its means.
        """
        target = factors.astype(np.float64)
        count = len(target)
        intercept = target.mean(axis=0)
        turned = self._basis.T @ (self._centred.T @ (target - intercept))
        total = ((target - intercept) ** 2).sum(axis=0)
        spread = 0.0 if variances is None else variances.sum(axis=0, dtype=np.float64)
        noise = count / np.maximum(total + spread, _LEAST)
        values = self._values[:, None]
        shrink = np.ones_like(noise)
        weights = np.zeros_like(turned)
        for _ in range(_STEPS if len(values) else 0):
            weights = noise * turned / (values * noise + shrink)
            effective = (values * noise / (values * noise + shrink)).sum(axis=0)
            shrink = effective / np.maximum((weights**2).sum(axis=0), _LEAST)
            residual = (
                total - 2 * (weights * turned).sum(axis=0) + (values * weights**2).sum(axis=0)
            )
            noise = (count - effective) / np.maximum(residual + spread, _LEAST)
        prior = LinearPrior(
            (self._basis @ weights).astype(np.float32), intercept.astype(np.float32), self._centre
        )
        return prior, noise.astype(np.float32)
