"""Giving arms: the one a unit has, else one drawn from its hash and written down."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.book import find, newest_policy, refusal
from backends.campaigns.experiments.design import Design, read_design
from backends.campaigns.experiments.models import MOST_UNIT, NOTHING, RUNNING, Assignment
from backends.campaigns.experiments.policies.snapshot import decide
from backends.errors import invalid_request
from backends.fields import has_control

#: Units of one statement; databases take no more than 32,766 values in one.
_AT_ONCE = 5000

Context = Mapping[str, float] | None


@dataclass(frozen=True)
class Assigned:
    """What a unit got.

    Attributes:
        arm: the arm's name; "" for a held-out unit that is to get nothing.
        propensity: the probability of this arm when it was drawn; 1 of a held-out unit.
        is_holdout: whether the unit is held out.
    """

    arm: str
    propensity: float
    is_holdout: bool


async def assign_many(
    session: AsyncSession,
    reference: str,
    units: Sequence[str],
    contexts: Sequence[Context] | None,
    moment: datetime,
) -> list[Assigned]:
    """Give each unit its arm: the one it has, or a new one that is stored.

    Of processes that assign a unit at once one writes it down, and all return what was written.

    Args:
        session: one that may write.
        reference: of the experiment.
        units: who; the same one may be there more than once.
        contexts: of each unit, value by name of the design's features; None without features.
        moment: when it is given.

    Returns:
        One for each unit, in their order.

    Raises:
        ApiError: 404 when there is no such experiment, 409 ``not_running`` when a unit is new and
            the experiment does not run, 400 for a unit or context that cannot be used.
    """
    experiment = await find(session, reference)
    design = read_design(experiment.design)
    _check_units(units)
    given: Sequence[Context] = contexts if contexts is not None else [None] * len(units)
    if len(given) != len(units):
        raise invalid_request("There must be a context for each unit.")
    wanted = dict(zip(units, given, strict=True))
    known = await _known(session, experiment.id, list(wanted))
    new = sorted(unit for unit in wanted if unit not in known)
    if new:
        if experiment.state != RUNNING or moment >= experiment.ends_at:
            raise refusal("not_running", "The experiment takes no new customers.")
        values = read_contexts(design, [wanted[unit] for unit in new])
        policy = await newest_policy(session, experiment.id)
        rows = await asyncio.to_thread(
            _rows, experiment, design, policy.version, policy.parameters, new, values, moment
        )
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        statement = insert(Assignment.__table__).on_conflict_do_nothing()
        written = 0
        for first in range(0, len(rows), _AT_ONCE):
            written += (await session.execute(statement, rows[first : first + _AT_ONCE])).rowcount
        if written == len(rows):
            known.update({row["unit"]: _kept(row) for row in rows})
        else:
            # What is there counts, not what was sent: another process may have been first. (And
            # PostgreSQL's driver does not tell how many rows were written.)
            known.update(await _known(session, experiment.id, new))
    names = design.names
    return [
        Assigned("" if arm == NOTHING else names[arm], propensity, held)
        for arm, propensity, held in map(known.__getitem__, units)
    ]


def read_contexts(design: Design, contexts: Sequence[Context]) -> np.ndarray | None:
    """Contexts as rows of values in the features' order; None when the design has no features.

    Raises:
        ApiError: 400 when a feature is missing, not declared, or out of its bounds.
    """
    if not design.features:
        if any(contexts):
            raise invalid_request("This experiment has no features: leave the context out.")
        return None
    names = {feature.name for feature in design.features}
    rows = np.empty((len(contexts), len(names)))
    for row, context in enumerate(contexts):
        if context is None or set(context) != names:
            raise invalid_request(
                f"The context needs exactly these features: {', '.join(sorted(names))}."
            )
        for column, feature in enumerate(design.features):
            value = context[feature.name]
            if not math.isfinite(value) or not feature.low <= value <= feature.high:
                raise invalid_request(
                    f"{feature.name} must be from {feature.low:g} to {feature.high:g}."
                )
            rows[row, column] = value
    return rows


def _check_units(units: Sequence[str]) -> None:
    for unit in units:
        is_plain = unit.isascii() and unit.isprintable()
        if not 0 < len(unit) <= MOST_UNIT or not (is_plain or not has_control(unit)):
            raise invalid_request(f"A unit has 1 to {MOST_UNIT} characters, and no controls.")


def _rows(
    experiment: Any,
    design: Design,
    version: int,
    parameters: dict[str, Any],
    units: Sequence[str],
    contexts: np.ndarray | None,
    moment: datetime,
) -> list[dict[str, Any]]:
    decided = decide(design, experiment.salt, parameters, units, contexts)
    count = len(units)
    likely = decided.likely.tolist() if decided.likely is not None else [None] * count
    told = contexts.tolist() if contexts is not None else [None] * count
    common = {
        "experiment_id": experiment.id, "version": version, "assigned_at": moment, "late": False,
    }  # fmt: skip
    return [
        {
            **common,
            "unit": unit,
            "arm": arm,
            "likely": best,
            "propensity": propensity,
            "is_holdout": held,
            "context": context,
        }
        for unit, arm, best, propensity, held, context in zip(
            units,
            decided.arms.tolist(),
            likely,
            decided.propensities.tolist(),
            decided.is_holdout.tolist(),
            told,
            strict=True,
        )
    ]


def _kept(row: Mapping[str, Any]) -> tuple[int, float, bool]:
    return row["arm"], row["propensity"], row["is_holdout"]


async def _known(
    session: AsyncSession, experiment_id: int, units: Sequence[str]
) -> dict[str, tuple[int, float, bool]]:
    found = {}
    table = Assignment.__table__.c
    for first in range(0, len(units), _AT_ONCE):
        query = select(table.unit, table.arm, table.propensity, table.is_holdout).where(
            table.experiment_id == experiment_id,
            table.unit.in_(units[first : first + _AT_ONCE]),
        )
        for unit, *rest in await session.execute(query):
            found[unit] = tuple(rest)
    return found
