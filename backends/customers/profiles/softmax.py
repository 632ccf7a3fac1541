"""A linear softmax classifier whose probabilities mean what they say.

``P(y|x) = softmax(W x + b)``, fitted by penalised likelihood (multinomial logistic regression).
The strength of the penalty is chosen by cross-validation, and one temperature scales the logits to
the frequencies of customers held out (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
#: Inverse strengths of the penalty to choose from, scikit-learn's C.
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
OUTER_FOLDS, INNER_FOLDS = 5, 4
#: Fits of one classifier, for a progress bar.
FITS = (OUTER_FOLDS + 1) * (len(PENALTIES) * INNER_FOLDS + 1)
#: Share of the customers' weight that all example texts together have; each counts as one at least.
EXAMPLES_WEIGHT = 0.3
_SEED = 7
_TEMPERATURES = (-2.0, 2.0)


@dataclass(frozen=True)
class Softmax:
    """The weights; the temperature is in them.

    Attributes:
        weights: (classes, features).
        bias: (classes,).
    """

    weights: Floats
    bias: Floats

    def logits(self, x: Floats) -> Floats:
        """Return (n, classes) of (n, features)."""
        return x @ self.weights.T + self.bias

    def probabilities(self, x: Floats) -> Floats:
        """Return (n, classes) of (n, features)."""
        return np.exp(log_softmax(self.logits(x), axis=1))


@dataclass(frozen=True)
class Learned:
    """A classifier and how it did on customers held out.

    Attributes:
        model: fitted to all rows.
        held_out: (n, classes), the log-probabilities of each row by a model that had not seen it,
            its penalty and temperature chosen without it too.
    """

    model: Softmax
    held_out: Floats


def learn(
    x: Floats,
    y: Labels,
    extra_x: Floats,
    extra_y: Labels,
    step: Callable[[int], Any] = lambda _: None,
) -> Learned:
    """Learn from customers and from further rows that are always trained on, never judged on.

    Args:
        x, y: (n, features) and (n,), the customers and their classes.
        extra_x, extra_y: the same for texts that stand for no customer.
        step: called with 1 for each fit.

    The classes are 0 … max over both. With no customer there is nothing to choose by: the penalty
    is the middle one, the temperature 1.
    """
    classes = int(max(y.max(initial=0), extra_y.max(initial=0))) + 1

    def fit(rows: Labels, penalty: float) -> Softmax:
        step(1)
        weight = max(1.0, EXAMPLES_WEIGHT * len(rows) / max(len(extra_x), 1))
        return _fit(
            np.concatenate([x[rows], extra_x]),
            np.concatenate([y[rows], extra_y]),
            np.concatenate([np.ones(len(rows)), np.full(len(extra_x), weight)]),
            classes,
            penalty,
        )

    def choose(rows: Labels) -> tuple[float, float]:
        """The penalty and temperature that do best on parts of the rows left out."""
        if not len(rows):
            return PENALTIES[len(PENALTIES) // 2], 1.0
        best = (np.inf, PENALTIES[0], 1.0)
        for penalty in PENALTIES:
            logits = np.zeros((len(rows), classes))
            for trained, left in _folds(y[rows], INNER_FOLDS):
                logits[left] = fit(rows[trained], penalty).logits(x[rows[left]])
            loss, temperature = _temper(logits, y[rows])
            best = min(best, (loss, penalty, temperature))
        return best[1], best[2]

    everybody = np.arange(len(x))
    held_out = np.zeros((len(x), classes))
    for trained, left in _folds(y, OUTER_FOLDS):
        penalty, temperature = choose(trained)
        logits = fit(trained, penalty).logits(x[left]) / temperature
        held_out[left] = log_softmax(logits, axis=1)
    penalty, temperature = choose(everybody)
    model = fit(everybody, penalty)
    return Learned(Softmax(model.weights / temperature, model.bias / temperature), held_out)


def _fit(x: Floats, y: Labels, weight: Floats, classes: int, penalty: float) -> Softmax:
    from sklearn.linear_model import LogisticRegression

    seen = np.unique(y)
    weights, bias = np.zeros((classes, x.shape[1])), np.full(classes, -20.0)
    if len(seen) == 1:
        bias[seen] = 0.0
        return Softmax(weights, bias)
    fitted = LogisticRegression(C=penalty, max_iter=400, tol=1e-5).fit(x, y, weight)
    rows, offsets = fitted.coef_, fitted.intercept_
    if len(seen) == 2:
        # scikit-learn gives the log-odds of the second class; the softmax shares it out.
        rows, offsets = np.vstack([-rows, rows]) / 2, np.concatenate([-offsets, offsets]) / 2
    weights[seen], bias[seen] = rows, offsets
    return Softmax(weights, bias)


def _folds(y: Labels, folds: int) -> Iterator[tuple[Labels, Labels]]:
    """Yield rows to train on and rows left out; each class is spread over the folds evenly."""
    order = np.random.default_rng(_SEED).permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    fold = np.empty(len(y), np.int64)
    fold[order] = np.arange(len(y)) % folds
    for one in range(folds):
        left = np.flatnonzero(fold == one)
        if len(left):
            yield np.flatnonzero(fold != one), left


def _temper(logits: Floats, y: Labels) -> tuple[float, float]:
    """Return the least log loss that a temperature reaches, and the temperature."""
    rows = np.arange(len(y))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        return float(-log_softmax(scaled, axis=1)[rows, y].mean())

    found = minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded")
    return float(found.fun), float(np.exp(found.x))
