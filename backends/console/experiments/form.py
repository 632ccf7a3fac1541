"""The form of a new experiment: what was typed, as a design."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from backends.campaigns.experiments.design import (
    AB,
    CONTROL,
    CONVERSION,
    FIXED,
    KINDS,
    LINUCB,
    MEASURES,
    NO_ARM,
    REVENUE,
    RULES,
    SUCCESSES,
    Arm,
    Design,
    DesignError,
    Feature,
)
from backends.campaigns.experiments.schemas import FEATURE_PATTERN
from backends.console.forms import Form

MOST_NAME, MOST_ARM = 120, 60
Value = TypeVar("Value")


def read_name(form: Form) -> str:
    """The experiment's name.

    Raises:
        DesignError: it is empty or too long.
    """
    name = form.one("name")
    if not 1 <= len(name) <= MOST_NAME or "\n" in name:
        raise DesignError("name", "A name is needed.", most=MOST_NAME)
    return name


def read_form(form: Form) -> Design:
    """What was typed; shares and rates are typed in percent.

    Raises:
        DesignError: a field cannot be read.
    """
    arms = _arms(form.raw("arms"))
    kind = _one_of(form, "kind", KINDS, AB)
    measure = _one_of(form, "measure", MEASURES, CONVERSION)
    part = 100 if measure == CONVERSION else 1
    most = 100 if measure == CONVERSION else 1e6
    return Design(
        kind=kind,
        arms=arms,
        control=arms[0].name,
        baseline=_number(form, "baseline", 0, most) / part,
        effect=_number(form, "effect", 0.01, most) / part,
        deviation=_number(form, "deviation", 0.01, 1e6) if measure == REVENUE else None,
        holdout=_number(form, "holdout", 0, 50) / 100,
        holdout_gets=_one_of(form, "holdout_gets", (CONTROL, NO_ARM), CONTROL),
        measure=measure,
        alpha=_number(form, "alpha", 0.1, 20) / 100,
        power=_number(form, "power", 50, 99) / 100,
        rule=_one_of(form, "rule", RULES, FIXED),
        window_hours=round(_number(form, "window_days", 1 / 24, 90) * 24),
        reports=_one_of(form, "reports", (SUCCESSES, "all"), SUCCESSES),
        features=_features(form.raw("features")) if kind == LINUCB else (),
        last_day=_day(form.one("last_day")),
    )


def read_per_day(form: Form) -> float:
    """How many customers come each day.

    Raises:
        DesignError: it is no number from 1.
    """
    return _number(form, "per_day", 1, 1e9)


def _number(form: Form, name: str, low: float, high: float) -> float:
    try:
        found = float(form.one(name).replace(",", ""))
    except ValueError:
        found = math.nan
    if not low <= found <= high:
        raise DesignError(
            "number",
            f"{name} is out of bounds.",
            field=name,
            low=f"{low:.4g}",
            high=f"{high:,.10g}",
        )
    return found


def _one_of(form: Form, name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    given = form.one(name)
    return given if given in allowed else otherwise


def _day(typed: str) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
            return date.fromisoformat(typed)
    except ValueError:
        pass
    raise DesignError("day", "The last day is not a day.")


def _lines(typed: str, read: Callable[[list[str]], Value]) -> tuple[Value, ...]:
    rows = [line.strip() for line in typed.split("\n") if line.strip()]
    return tuple(read([part.strip() for part in re.split("[|｜]", row)]) for row in rows[:20])


def _arms(typed: str) -> tuple[Arm, ...]:
    def read(parts: list[str]) -> Arm:
        try:
            weight = float(parts[1]) if len(parts) > 1 else 1.0
        except ValueError:
            weight = math.nan
        if len(parts) > 2 or not 1 <= len(parts[0]) <= MOST_ARM or not 0 < weight <= 1000:
            raise DesignError("arm_line", "An arm's line cannot be read.", most=MOST_ARM)
        return Arm(parts[0], weight)

    found = _lines(typed, read)
    if not 2 <= len(found) <= 10:
        raise DesignError("arms", "An experiment has 2 to 10 arms.")
    return found


def _features(typed: str) -> tuple[Feature, ...]:
    def read(parts: list[str]) -> Feature:
        try:
            name, low, high = parts
            found = Feature(name, float(low), float(high))
        except ValueError:
            raise DesignError("feature_line", "A feature's line cannot be read.") from None
        if not re.fullmatch(FEATURE_PATTERN, name) or not (abs(found.low) + abs(found.high)) < 2e9:
            raise DesignError("feature_line", "A feature's line cannot be read.")
        return found

    return _lines(typed, read)
