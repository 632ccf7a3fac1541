"""Fits the intent head on frozen vectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from xiaoer.lm.base import FloatArray
from xiaoer.nlu.familiarity import Familiarity
from xiaoer.nlu.heads import IntentHead, Scaling
from xiaoer.nlu.lexical import CharacterNgrams
from xiaoer.nlu.rarity import SubwordRarity
from xiaoer.nlu.training.calibration import (
    FEWEST,
    alike,
    clustered_folds,
    folds,
    log_loss,
    temperature,
)
from xiaoer.nlu.training.priors import advantages
from xiaoer.nlu.training.states import UNLABELLED, States

FOLDS = 4
#: Up to so many examples are fitted in the space they span.
FEW = 1000
#: Examples that familiarity is fitted on at the most: it has two parameters.
SAMPLE = FEW
#: By what part the log loss must be lower for subwords to count alike.
CLEARLY = 0.01
#: What part of the messages is taken to be of no known intent.
UNKNOWN_SHARE = 0.1


@dataclass
class _Examples:
    """Scaled features of m examples and their intents."""

    dense: FloatArray
    sparse: csr_matrix | None
    intents: NDArray[np.int64]

    def at(self, rows: NDArray) -> _Examples:
        sparse = None if self.sparse is None else self.sparse[rows]
        return _Examples(self.dense[rows], sparse, self.intents[rows])

    def rotated(self) -> tuple[_Examples, Callable[[_Weights], _Weights]]:
        """Return the same examples in as few dimensions as they span, and the way back.

        Regularised regression does not change when features are rotated, and its weights lie in
        the span of the examples, so few examples with many features are fitted far faster there.
        """
        alike = self.dense @ self.dense.T
        if self.sparse is not None:
            alike = alike + (self.sparse @ self.sparse.T).toarray()
        values, vectors = np.linalg.eigh(alike.astype(np.float64))
        kept = values > values[-1] * 1e-7
        length = np.sqrt(values[kept])
        turn = (vectors[:, kept] / length).astype(np.float32)

        def back(weights: _Weights) -> _Weights:
            mixed = turn @ weights.dense
            sparse = None if self.sparse is None else self.sparse.T @ mixed
            return _Weights(self.dense.T @ mixed, sparse, weights.bias)

        coordinates = (vectors[:, kept] * length).astype(np.float32)
        return _Examples(coordinates, None, self.intents), back


@dataclass
class _Weights:
    dense: FloatArray
    sparse: FloatArray | None
    bias: FloatArray

    def scores(self, examples: _Examples) -> FloatArray:
        found = examples.dense @ self.dense + self.bias
        return found if examples.sparse is None else found + examples.sparse @ self.sparse


def fit_intents(
    states: States,
    within: NDArray[np.int64],
    labels: list[str],
    regularization: float,
    seed: int,
    ngrams: bool = True,
    calibrate: bool = True,
) -> tuple[IntentHead, float | None]:
    """Fit logistic regression by L-BFGS, and what makes its confidences honest.

    How many examples an intent has counts for less than they would by themselves, see ``priors``.

    Up to ``FEW`` examples, rare subwords weigh more in the vectors unless examples that are held
    out are told apart worse so; from more examples the head itself learns what counts.

    The curve of ``Familiarity`` comes from folds in which whole intents were left out, its mean
    and deviation, and the temperature, from folds in which examples were.

    Args:
        states: of all texts.
        within: numbers of the texts to learn from; those without an intent are left out.
        labels: the n intents that ``states.intents`` numbers.
        regularization: weight of half the squared norm of the weights, per corpus.
        seed: of the folds.
        ngrams: use the characters of the texts beside their vectors.
        calibrate: False leaves temperature, mean and deviation to be fitted later, unless there
            are so few examples that what fits them had better know those of this head.

    Returns:
        The head, and the accuracy on the held-out folds (None when nothing was held out).
    """
    chosen = within[states.intents[within] != UNLABELLED]
    texts = [states.texts[at] for at in chosen]
    runs = CharacterNgrams.fit(texts) if ngrams else None
    sparse = runs(texts) if runs else None
    count = len(labels)
    held = folds(states.intents[chosen], FOLDS, seed)
    enough = count > 1 and (held >= 0).sum() >= FEWEST
    rarity = None
    if enough and states.ids is not None and len(chosen) <= FEW:
        rarity = _rarity(states, chosen, sparse, held, count, regularization)
    vectors = states.weighted(chosen, rarity) if rarity else states.vectors[chosen]
    scaling = _scaling(vectors)
    given = _Examples(scaling(vectors), sparse, states.intents[chosen])
    if len(chosen) <= FEW:
        given, back = given.rotated()
        weights = back(_regression(given, count, regularization))
    else:
        weights = _regression(given, count, regularization)
    head = IntentHead(
        labels,
        scaling,
        weights.dense,
        weights.bias,
        ngrams=runs,
        ngram_weight=weights.sparse,
        rarity=rarity,
    )
    if not enough:
        return head, None
    head.familiarity = _curve(given, count, regularization, seed)
    if not calibrate and len(chosen) > FEW:
        return head, None
    scores = _held_out_scores(given, held, count, regularization)
    tried = held >= 0
    head.temperature = temperature(scores[tried], given.intents[tried])
    if head.familiarity:
        head.familiarity = head.familiarity.measured(scores[tried])
    return head, float((scores[tried].argmax(1) == given.intents[tried]).mean())


def _rarity(
    states: States,
    chosen: NDArray[np.int64],
    sparse: csr_matrix | None,
    held: NDArray[np.int64],
    count: int,
    regularization: float,
) -> SubwordRarity | None:
    """Return the weights of subwords; None when the plain mean is clearly better when held out.

    A head fitted on so few examples cannot learn by itself which subwords count, so a tie is the
    weights'. On the validation part of BANKING77 they gained, on average over eight draws of the
    training part, 0.5 points with 5 examples an intent and 0.3 with 10 (squared, as in a first
    version: 0.2 and 0.0); on folds of SOFMattress's training part 1.0.
    """
    assert states.ids is not None
    ids = [states.ids[states.starts[text] : states.starts[text + 1]] for text in chosen]
    rarity = SubwordRarity.fit(ids)
    intents, tried = states.intents[chosen], held >= 0
    losses = []
    for vectors in (states.vectors[chosen], states.weighted(chosen, rarity)):
        given, _ = _Examples(_scaling(vectors)(vectors), sparse, intents).rotated()
        scores = _held_out_scores(given, held, count, regularization)[tried]
        losses.append(log_loss(scores / temperature(scores, intents[tried]), intents[tried]))
    return None if losses[0] < losses[1] * (1 - CLEARLY) else rarity


def _held_out_scores(
    given: _Examples, held: NDArray[np.int64], count: int, regularization: float
) -> FloatArray:
    """Return (n, intents) scores, of each fold by a head fitted on the others."""
    scores = np.zeros((len(given.intents), count), np.float32)
    for fold in range(FOLDS):
        fitted = _regression(given.at(held != fold), count, regularization)
        scores[held == fold] = fitted.scores(given.at(held == fold))
    return scores


def _scaling(vectors: FloatArray) -> Scaling:
    found = Scaling.fit(vectors)
    # Unit length on average: the regularization then means the same for every width.
    found.scale = found.scale / math.sqrt(vectors.shape[1])
    return found


def _regression(examples: _Examples, count: int, regularization: float) -> _Weights:
    size, width = examples.dense.shape
    runs = 0 if examples.sparse is None else examples.sparse.shape[1]
    wanted = (np.arange(size), examples.intents)
    advantage = advantages(examples.intents, count)
    turned = None if examples.sparse is None else examples.sparse.T.tocsr()

    def weights(flat: NDArray) -> _Weights:
        table = flat.astype(np.float32).reshape(width + runs + 1, count)
        return _Weights(table[:width], table[width:-1] if runs else None, table[-1])

    def loss(flat: NDArray) -> tuple[float, NDArray]:
        now = weights(flat)
        scores = now.scores(examples) + advantage
        total = logsumexp(scores, axis=1)
        value = float((total - scores[wanted]).sum())
        slope = np.exp(scores - total[:, None])
        slope[wanted] -= 1
        parts = [examples.dense.T @ slope + regularization * now.dense]
        value += regularization / 2 * float((now.dense**2).sum())
        if turned is not None and now.sparse is not None:
            parts.append(turned @ slope + regularization * now.sparse)
            value += regularization / 2 * float((now.sparse**2).sum())
        parts.append(slope.sum(0, keepdims=True))
        return value / size, np.concatenate(parts).ravel().astype(np.float64) / size

    best = minimize(
        loss,
        np.zeros((width + runs + 1) * count),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 60, "gtol": 1e-5},
    )
    return weights(best.x)


def _curve(given: _Examples, count: int, regularization: float, seed: int) -> Familiarity | None:
    """Fit the curve on messages of intents that were left out, as if they were unknown.

    An intent is left out together with those that are most like it: what customers ask beside the
    purpose of an assistant is mostly far from all of its intents. Messages of the known intents
    are held out twice, by chance and with their look-alikes, as customers differ more from the
    examples than these do from each other.
    """
    random = np.random.default_rng(seed)
    sample = given.at(random.permutation(len(given.intents))[:SAMPLE])
    if sample.sparse is not None:
        sample, _ = sample.rotated()
    present = np.unique(sample.intents)
    if len(present) < 2:
        return None
    centres = np.stack([sample.dense[sample.intents == intent].mean(0) for intent in present])
    left_out = np.full(count, -1)
    left_out[present] = alike(centres, FOLDS)
    by_chance = folds(sample.intents, FOLDS, seed)
    yes, no = _highest(sample, left_out, by_chance, count, regularization)
    if min(len(yes), len(no)) < FEWEST:
        return None
    mean, deviation = float(yes.mean()), max(float(yes.std()), 1e-3)
    clustered = clustered_folds(sample.dense, sample.intents, FOLDS, seed)
    more = _highest(sample, left_out, clustered, count, regularization)
    yes, no = np.concatenate([yes, more[0]]), np.concatenate([no, more[1]])
    distance = (np.concatenate([yes, no]) - mean) / deviation
    weight = np.repeat(
        [(1 - UNKNOWN_SHARE) / len(yes), UNKNOWN_SHARE / len(no)], [len(yes), len(no)]
    )
    curve = LogisticRegression(C=1e3).fit(
        distance[:, None],
        np.repeat([1, 0], [len(yes), len(no)]),
        sample_weight=weight * len(distance),
    )
    return Familiarity(mean, deviation, float(curve.coef_[0, 0]), float(curve.intercept_[0]))


def _highest(
    sample: _Examples,
    left_out: NDArray[np.int64],
    part: NDArray[np.int64],
    count: int,
    regularization: float,
) -> tuple[FloatArray, FloatArray]:
    """Return the highest scores of held-out messages: of known intents, and of those left out.

    Args:
        sample: n messages.
        left_out: (count,) fold that each intent is unknown in.
        part: (n,) fold that each message is held out in.
        count: of the intents.
        regularization: of the head.
    """
    known, unknown = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    for fold in range(FOLDS):
        stranger = left_out[sample.intents] == fold
        inside = ~stranger & (part != fold)
        # An intent that was left out has weights of 0: its score must not be the highest.
        there = np.unique(sample.intents[inside])
        asked = (part == fold) & np.isin(sample.intents, there)
        if len(there) < 2 or not asked.any():
            continue
        found = _regression(sample.at(inside), count, regularization)
        known.append(found.scores(sample.at(asked))[:, there].max(1))
        unknown.append(found.scores(sample.at(stranger))[:, there].max(1))
    return np.concatenate(known), np.concatenate(unknown)
