"""Observations made up by a seed, some with a structure that can be found again."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from backends.recommendations.factorization.observations import Floats, Observations


def observed(pairs, values, user_count, item_count) -> Observations:
    """Observations of pairs of user and item."""
    users, items = np.array(pairs, np.int64).reshape(-1, 2).T
    return Observations(users, items, np.array(values, np.float32), user_count, item_count)


def some_pairs(draw: np.random.Generator, user_count: int, item_count: int, count: int):
    """Pairs in no order, each once."""
    chosen = draw.choice(user_count * item_count, count, replace=False)
    return [divmod(int(one), item_count) for one in chosen]


@st.composite
def any_observations(draw, most: int = 9) -> Observations:
    """At least one observation, users and items without any among them; values above 0."""
    user_count, item_count = draw(st.integers(1, most)), draw(st.integers(1, most))
    count = draw(st.integers(1, user_count * item_count))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    pairs = some_pairs(chance, user_count, item_count, count)
    return observed(pairs, chance.integers(1, 6, count), user_count, item_count)


def features(seed: int, count: int, size: int) -> Floats:
    """(count, size) normal."""
    return np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)


def no_features(count: int) -> Floats:
    """(count, 0)."""
    return np.zeros((count, 0), np.float32)


@dataclass(frozen=True)
class Planted:
    """Ratings that follow the model, with noise.

    Attributes:
        seen, held: two parts of them.
        item_features: what the items' vectors and biases were made of.
        noise: standard deviation.
    """

    seen: Observations
    held: Observations
    item_features: Floats
    noise: float

    @property
    def user_features(self) -> Floats:
        """None: (users, 0)."""
        return no_features(self.seen.user_count)


def planted_ratings(
    seed: int, users: int = 80, items: int = 50, dimension: int = 3, noise: float = 0.3
) -> Planted:
    """Ratings about 3 with biases, and tastes of some dimensions; half of all pairs, a tenth held.

    Half of the items have hardly a rating, so that only their features can tell what they are like.
    """
    draw = np.random.default_rng(seed)
    known = draw.normal(size=(items, 4)).astype(np.float32)
    vectors = known @ draw.normal(0, 0.5, (4, dimension))
    biases = known @ draw.normal(0, 0.3, 4)
    tastes, moods = draw.normal(0, 0.7, (users, dimension)), draw.normal(0, 0.4, users)
    stars = 3 + moods[:, None] + biases + tastes @ vectors.T
    stars += draw.normal(0, noise, stars.shape)
    chance = np.where(np.arange(items) < items // 2, 0.6, 0.04)
    rated = draw.random(stars.shape) < chance
    held = ~rated & (draw.random(stars.shape) < 0.1)

    def part(mask):
        return observed(np.argwhere(mask), stars[mask], users, items)

    return Planted(part(rated), part(held), known, noise)


def tastes(seed: int, users: int = 40, items: int = 30, groups: int = 3) -> Observations:
    """Preferences of users who take, mostly, what belongs to their group."""
    draw = np.random.default_rng(seed)
    chance = np.where(
        np.arange(users)[:, None] % groups == np.arange(items)[None] % groups, 0.6, 0.08
    )
    taken = draw.random((users, items)) < chance
    return observed(np.argwhere(taken), draw.integers(1, 6, taken.sum()), users, items)
