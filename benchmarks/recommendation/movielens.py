"""MovieLens-100K: who gave which film how many stars, and the films' titles, years and genres."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backends.recommendations.factorization.observations import Floats, Observations
from backends.search.vector_cache import VectorCache

_INTER, _ITEM = "ml-100k.inter", "ml-100k.item"


@dataclass(frozen=True)
class MovieLens:
    """The data.

    Attributes:
        ratings: stars, 1 to 5.
        texts: of each film: title, year, genres.
    """

    ratings: Observations
    texts: tuple[str, ...]

    @property
    def preferences(self) -> Observations:
        """Every rating as a sign of interest of weight 1, whatever the stars."""
        ones = np.ones(len(self.ratings), np.float32)
        known = self.ratings
        return Observations(known.users, known.items, ones, known.user_count, known.item_count)

    def vectors(self, state: Path) -> Floats:
        """Return (films, dim) the bundled encoder's vectors, kept in a folder."""
        from xiaoer.lm import Encoder

        return VectorCache(state, "films", Encoder.load("bundled")).vectors(self.texts, "films")


def movielens(options: argparse.Namespace) -> MovieLens:
    """Read the two files.

    Raises:
        SystemExit: the folder is not given or does not hold them; says where they are published.
    """
    folder: Path | None = options.data
    if folder is None or not (folder / _INTER).is_file() or not (folder / _ITEM).is_file():
        raise SystemExit(
            f"--data must name a folder with {_INTER} and {_ITEM}: the package recbole 1.2.1 on "
            "PyPI holds them in recbole/dataset_example/ml-100k."
        )
    films = _rows(folder / _ITEM)
    places = {film[0]: at for at, film in enumerate(films)}
    texts = tuple(
        f"{title} ({year}). {', '.join(genres.split())}" for _, title, year, genres in films
    )
    rated = _rows(folder / _INTER)
    people = {name: at for at, name in enumerate(sorted({row[0] for row in rated}, key=int))}
    ratings = Observations(
        users=np.array([people[row[0]] for row in rated]),
        items=np.array([places[row[1]] for row in rated]),
        values=np.array([float(row[2]) for row in rated], np.float32),
        user_count=len(people),
        item_count=len(films),
    )
    return MovieLens(ratings, texts)


def eighty_ten_ten(observations: Observations, seed: int) -> tuple[NDArray, NDArray, NDArray]:
    """Return masks of the training, validation and test part: of each user 80, 10 and 10 %."""
    draw = np.random.default_rng(seed)
    part = np.zeros(len(observations), np.int64)
    for user in range(observations.user_count):
        mine = draw.permutation(np.flatnonzero(observations.users == user))
        tenth = len(mine) // 10
        part[mine[:tenth]] = 2
        part[mine[tenth : 2 * tenth]] = 1
    return part == 0, part == 1, part == 2


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t")[:4] for line in lines]
