"""Reading of a language model's answer: exactly the scores asked for, or nothing."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from backends.recommendations.scoring.errors import ScoringError


def parse_scores(text: str, count: int) -> list[float]:
    """Return the scores of products 1 to ``count``, each in 0..1.

    Args:
        text: a JSON object and nothing else, ``{"1": 0.7, "2": 0.05, …}``, each number once.
        count: of products.

    Raises:
        ScoringError: anything is missing, too much, given twice or no number in 0..1.
    """
    try:
        # As floats, since Python reads very long whole numbers slowly.
        scores = json.loads(
            text, parse_int=float, parse_constant=_no_number, object_pairs_hook=_each_once
        )
    except (ValueError, RecursionError):
        raise ScoringError("bad_answer", "The answer is not one JSON object.") from None
    numbers = [str(number) for number in range(1, count + 1)]
    if not isinstance(scores, dict) or scores.keys() != set(numbers):
        raise ScoringError("bad_answer", "The answer does not have each product's number once.")
    values = [scores[number] for number in numbers]
    if not all(isinstance(value, float) and 0 <= value <= 1 for value in values):
        raise ScoringError("bad_answer", "The answer has a score that is no number from 0 to 1.")
    return values


def _no_number(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(name)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice")
    return found
