"""The small language of ``when:`` in YAML: bounds on named numbers, all of which must hold."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_NUMBER = r"-?\d+(?:\.\d+)?"
_BOUND = re.compile(rf"\s*(>=|<=|>|<|=)\s*({_NUMBER})\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")


@dataclass(frozen=True)
class Condition:
    """A bound on a number, such as ``recency_days <= 30``."""

    name: str
    sign: str
    bound: float

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether the number is known and within the bound."""
        value = values.get(self.name)
        return value is not None and _COMPARE[self.sign](value, self.bound)


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold."""

    conditions: tuple[Condition, ...]

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether all hold; a number that is not known lets none hold."""
        return all(condition.holds(values) for condition in self.conditions)


def parse_rule(written: Any, known: Callable[[str], bool]) -> Rule:
    """Read a mapping from names to ``">= 4"``, ``"< 0.5"``, ``"= 0"`` or ``"0.2 .. 0.5"``.

    Args:
        written: what stands in the YAML.
        known: whether a name can be asked for.

    Raises:
        ValueError: one sentence that says what is wrong.
    """
    if not isinstance(written, dict) or not written:
        raise ValueError('must be a mapping such as {recency_days: "<= 30"}')
    return Rule(
        tuple(
            condition
            for name, text in written.items()
            for condition in _parse_conditions(name, text, known)
        )
    )


def _parse_conditions(name: Any, text: Any, known: Callable[[str], bool]) -> list[Condition]:
    if not isinstance(name, str) or not known(name):
        raise ValueError(f"knows no {name!r}: see `xiaoer customers tags` for what can be asked")
    span = _RANGE.fullmatch(str(text))
    if span:
        low, high = float(span[1]), float(span[2])
        if low > high:
            raise ValueError(f'{name}: the range "{text}" is empty')
        return [Condition(name, ">=", low), Condition(name, "<=", high)]
    bound = _BOUND.fullmatch(str(text))
    if not bound:
        raise ValueError(f'{name}: "{text}" is no bound; write ">= 4", "< 0.5" or "0.2 .. 0.5"')
    return [Condition(name, bound[1], float(bound[2]))]
