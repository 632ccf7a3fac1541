"""Whom the examples name."""

import numpy as np
import pytest

from backends.customers.profiles.labels import carries, only_tag
from backends.customers.profiles.tags import Group
from backends.customers.profiles.tasks import UNUSED, Planner

BAND = Group.parse_obj(
    {
        "id": "band",
        "zh": "价位",
        "en": "Band",
        "tags": [
            {"id": "low", "zh": "低", "en": "Low", "when": {"price_level": "< 0.5"}},
            {"id": "high", "zh": "高", "en": "High", "when": {"breadth": "> 3"}, "customers": ["C9"]},
        ],
    }
)  # fmt: skip
LOW, HIGH = BAND.tags


@pytest.mark.parametrize(
    ("customer", "features", "place"),
    [
        ("C1", {"price_level": 0.4, "breadth": 1}, 0),
        ("C1", {"price_level": 0.6, "breadth": 4}, 1),
        ("C1", {"price_level": 0.6, "breadth": 1}, None),
        ("C1", {}, None),
        ("C1", {"price_level": 0.4, "breadth": 4}, None),
        ("C9", {"price_level": 0.4, "breadth": 1}, 1),
    ],
)
def test_one_tag_of_an_exclusive_group_or_none(customer, features, place):
    assert only_tag(BAND, customer, features) == place


def test_any_example_makes_a_carrier():
    assert carries(HIGH, "C9", {})
    assert carries(HIGH, "C1", {"breadth": 4})
    assert not carries(LOW, "C9", {})


def test_customers_and_texts_become_classes():
    customers = [f"C{at}" for at in range(12)]
    features = [
        {"price_level": 0.1 if at < 6 else 0.9, "breadth": 9 * (at > 7)} for at in range(12)
    ]
    planner = Planner(customers, features, [(BAND, LOW), (BAND, HIGH)])
    task = next(planner.tasks(BAND))
    # C9 is listed; C6 and C7 carry neither tag.
    assert task.y.tolist() == [0] * 6 + [UNUSED] * 2 + [1] * 4
    assert task.example_y.tolist() == [0, 1]
    alone = list(planner.tasks(BAND.copy(update={"several": True})))
    assert [one.tags for one in alone] == [(None, LOW)]
    assert np.array_equal(alone[0].y, [1] * 6 + [0] * 6)
    assert planner.left_out == [
        "band.high has 4 examples among texts and customers; at least 5 are needed."
    ]
