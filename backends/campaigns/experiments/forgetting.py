"""Units without a name: what is left of a customer in an experiment is a count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from backends.campaigns.experiments.models import ENDED, STOPPED, Assignment, Experiment
from backends.campaigns.experiments.units import unit_of_sender
from backends.customers.erasure.person import Person

#: What the units of nobody begin with; no customer id does.
GONE = "gone:"


class nobody(FunctionElement):
    """A new random unit for each row, from which nothing leads back."""

    type = String()
    name = "nobody"
    inherit_cache = True


@compiles(nobody, "sqlite")
def _sqlite(element: nobody, compiler: Any, **options: Any) -> str:
    return f"'{GONE}' || lower(hex(randomblob(16)))"


@compiles(nobody, "postgresql")
def _postgresql(element: nobody, compiler: Any, **options: Any) -> str:
    return f"'{GONE}' || replace(gen_random_uuid()::text, '-', '')"


#: What an erasure writes over a person's rows. The context goes too: it may tell who it was.
OVERWRITTEN = {"unit": nobody(), "context": None}


def assignments_of(person: Person, table: Table) -> ColumnElement:
    """A person's rows: under the customer id, and under the hashes of their senders."""
    units = [person.customer_id, *(unit_of_sender(*sender) for sender in person.senders)]
    # The first half is always true; with it the primary key finds the rows.
    known = table.metadata.tables["experiments"]
    return table.c.experiment_id.in_(select(known.c.id)) & table.c.unit.in_(units)


async def forget_units(session: AsyncSession, moment: datetime) -> None:
    """Take the names from experiments that ended before a moment; their counts stay."""
    old = select(Experiment.id).where(
        Experiment.state.in_((STOPPED, ENDED)), Experiment.ended_at < moment
    )
    await session.execute(
        update(Assignment)
        .where(
            Assignment.experiment_id.in_(old),
            func.substr(Assignment.unit, 1, len(GONE)) != GONE,
        )
        .values(**OVERWRITTEN)
        .execution_options(synchronize_session=False)
    )
