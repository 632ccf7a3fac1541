"""Vectors of many questions: by their letters for all, by the language model for representatives.

The model reads some hundred texts a second, transcripts have hundreds of thousands: all are put
into small groups by the letters they share, and one of each is read by the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from xiaoer.learning.logs.cleaning import key_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Encode = Callable[[Sequence[str]], Floats]

_DIMENSIONS, _FEATURES, _FITTED, _CHUNK = 96, 30_000, 20_000, 10_000
#: How much the letters weigh beside the model, in a distance.
_LETTERS = 0.5


@dataclass(frozen=True)
class Represented:
    """Texts by their representatives.

    Attributes:
        of: (n,) the representative of each text, a number below m.
        index: (m,) the text that each representative is.
        vectors: (m, d) their vectors, of length 1, centred.
        mean: (dim,) the mean of the model's vectors, which was taken off them.
        model: (m, dim) the model's vectors, centred, of length 1.
    """

    of: Ints
    index: Ints
    vectors: Floats
    mean: Floats
    model: Floats


def represent(
    texts: Sequence[str], counts: Sequence[float], most: int, encode: Encode, seed: int
) -> Represented:
    """Return texts with at most `most` representatives.

    The mean is taken off the vectors, for those of a language model point all one way (J. Mu,
    P. Viswanath, "All-but-the-Top", ICLR 2018).

    Args:
        texts: Different texts, the most frequent first.
        counts: How often each was written.
        most: How many the model reads.
        encode: Returns the model's vectors (n, dim) of texts, of length 1.
        seed: Of all randomness.
    """
    letters = _letters(texts, seed)
    weights = np.asarray(counts, np.float32)
    of = _small_groups(letters, most, seed)
    index = _medoids(letters, of, weights)
    size = np.bincount(of, weights=weights, minlength=len(index)).astype(np.float32)
    read = encode([texts[at] for at in index])
    mean = np.average(read, axis=0, weights=size).astype(np.float32)
    model = _centred(read, mean)
    own = letters[index]
    shape = _centred(own, np.average(own, axis=0, weights=size))
    vectors = normalize(np.hstack([model, _LETTERS * shape])).astype(np.float32)
    return Represented(of, index, vectors, mean, model)


def _letters(texts: Sequence[str], seed: int) -> Floats:
    """Return (n, d) vectors of length 1 by the letters of texts: TF-IDF of their n-grams, reduced.

    Source: S. Deerwester et al., "Indexing by Latent Semantic Analysis", JASIS 41 (1990).
    """
    keys = [key_of(text) for text in texts]
    chosen = np.random.default_rng(seed).permutation(len(keys))[:_FITTED]
    fitted = [keys[at] for at in sorted(chosen)]
    grams = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(1, 4),
        min_df=2 if len(fitted) > 50 else 1,
        max_features=_FEATURES,
        sublinear_tf=True,
        dtype=np.float32,
    )
    matrix = grams.fit_transform(fitted)
    wide = min(_DIMENSIONS, matrix.shape[1] - 1, matrix.shape[0] - 1)
    if wide < 2:
        return normalize(grams.transform(keys).toarray()).astype(np.float32)
    reduce = TruncatedSVD(wide, random_state=seed).fit(matrix)
    parts = [
        reduce.transform(grams.transform(keys[at : at + _CHUNK]))
        for at in range(0, len(keys), _CHUNK)
    ]
    return normalize(np.vstack(parts)).astype(np.float32)


def _small_groups(letters: Floats, most: int, seed: int) -> Ints:
    """Return the small group of each text; the most frequent texts are the first centres."""
    if len(letters) <= most:
        return np.arange(len(letters))
    frequent, rest = np.arange(most // 2), np.arange(most // 2, len(letters))
    others = np.random.default_rng(seed).choice(rest, most - len(frequent), replace=False)
    centres = letters[np.concatenate([frequent, others])]
    means = MiniBatchKMeans(
        most,
        init=centres,
        n_init=1,
        max_iter=3,
        batch_size=_CHUNK,
        reassignment_ratio=0,
        random_state=seed,
    ).fit(letters)
    _, of = np.unique(means.labels_, return_inverse=True)
    return of.astype(np.int64)


def _medoids(letters: Floats, of: Ints, weights: Floats) -> Ints:
    """Return the text of each small group that is nearest to all of it."""
    groups = int(of.max()) + 1
    centres = np.zeros((groups, letters.shape[1]), np.float32)
    np.add.at(centres, of, letters * weights[:, None])
    near = np.einsum("ij,ij->i", letters, normalize(centres)[of])
    order = np.lexsort((-near, of))
    first = np.r_[True, of[order][1:] != of[order][:-1]]
    return order[first].astype(np.int64)


def _centred(vectors: Floats, mean: Floats) -> Floats:
    return normalize(vectors - mean).astype(np.float32)
