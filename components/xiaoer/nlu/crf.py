"""A linear-chain conditional random field over BIO tags, as it is served.

The score of a sequence of tags is the sum of each word's score for its tag and of that of each step
from tag to tag, so that the tags of a name are found together and not one by one. A word's score is the
sum of its subwords', which all bear the same tag but that only the first can begin an entity.

Source: Lafferty, McCallum and Pereira, Conditional Random Fields, ICML 2001; the recursions with
scaling are those of Rabiner, A Tutorial on Hidden Markov Models, Proceedings of the IEEE 1989,
section V.A. ``training.crf`` has the loss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xiaoer.lm.base import FloatArray
from xiaoer.nlu.tagging import going_on, is_inside, may_follow

#: The smallest share that a tag is left with, so that its logarithm is finite.
_LEAST = 1e-100


def by_word(scores: FloatArray, begins: NDArray[np.bool_]) -> FloatArray:
    """Return (words, tags) the scores of words from those of their n subwords, (n, tags).

    Args:
        scores: of each tag at each subword.
        begins: (n,) whether each begins a word; the first does.
    """
    if begins.all():
        return scores
    rest = scores[:, going_on(np.arange(scores.shape[1]))]
    own = np.where(begins[:, None], scores, rest)
    return np.add.reduceat(own, np.flatnonzero(begins), axis=0)


def possible(steps: FloatArray) -> NDArray[np.float64]:
    """Return (tags, tags) what steps add to the score of a sequence, minus infinity for never.

    Args:
        steps: (tags, tags) score of the step from the tag of the row to that of the column; what
            ``may_follow`` forbids is left out whatever its score.
    """
    return np.where(may_follow(len(steps)), steps.astype(np.float64), -np.inf)


def moves(steps: FloatArray) -> NDArray[np.float64]:
    """Return (tags, tags) by what each step multiplies the odds of a sequence, 0 for never.

    Args:
        steps: as of ``possible``.
    """
    return np.exp(possible(steps))


def best_tags(scores: FloatArray, possible: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the best allowed sequence of tags, (n,), by Viterbi.

    Args:
        scores: (n, tags) of each tag at each of n words.
        possible: (tags, tags), see ``possible``.
    """
    count, width = scores.shape
    if count == 0:
        return np.zeros(0, np.int64)
    best = np.where(is_inside(width), -np.inf, scores[0])
    back = np.zeros((count, width), np.int64)
    for at in range(1, count):
        reached = best[:, None] + possible
        back[at] = reached.argmax(0)
        best = reached.max(0) + scores[at]
    tags = np.zeros(count, np.int64)
    tags[-1] = int(best.argmax())
    for at in range(count - 1, 0, -1):
        tags[at - 1] = back[at, tags[at]]
    return tags


def log_marginals(scores: FloatArray, moves: NDArray[np.float64]) -> FloatArray:
    """Return (n, tags) the logarithm of the probability of each tag at each of n words.

    Args:
        scores: (n, tags) of each tag at each word.
        moves: (tags, tags), see ``moves``.
    """
    count, width = scores.shape
    if count == 0:
        return np.zeros((0, width), np.float32)
    shares = np.exp(scores.astype(np.float64) - scores.max(1, keepdims=True))
    shares = np.maximum(shares, _LEAST)
    forward, backward = shares.copy(), np.ones((count, width))
    forward[0, is_inside(width)] = 0.0
    forward[0] /= forward[0].sum()
    for at in range(1, count):
        reached = shares[at] * (forward[at - 1] @ moves)
        forward[at] = reached / reached.sum()
    for at in range(count - 2, -1, -1):
        onward = moves @ (shares[at + 1] * backward[at + 1])
        backward[at] = onward / onward.max()
    found = forward * backward
    found /= found.sum(1, keepdims=True)
    return np.log(np.maximum(found, _LEAST)).astype(np.float32)
