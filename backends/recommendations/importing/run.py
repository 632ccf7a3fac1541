"""Import of a file of history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from tqdm import tqdm

from backends.catalog.models import Product, Variant
from backends.db import Database, checked_database, now
from backends.orders.models import ERASED, Customer
from backends.recommendations.importing import staging
from backends.recommendations.importing.checking import Checker, Event
from backends.recommendations.importing.reading import read_rows
from backends.rows import Problem
from backends.settings import Settings

_AT_ONCE = 2000
#: A shorter file is read in a moment and needs no bar.
_LONG = 1 << 20


@dataclass
class Outcome:
    """What an import did.

    Attributes:
        interactions, ratings: added; a rating may have taken the place of an earlier one.
        repeated: good rows that were there already, or that a later rating has overtaken.
        problems: rows left out.
    """

    interactions: int = 0
    ratings: int = 0
    repeated: int = 0
    problems: int = 0


async def import_history(
    settings: Settings, path: Path, encoding: str, tell: Callable[[Problem], object]
) -> Outcome:
    """Import a file, its good rows in one transaction; importing it again changes nothing.

    Args:
        settings: name the database.
        path, encoding: see `read_rows`.
        tell: called with each row that is left out.

    Raises:
        SetupError: the file cannot be read, or the database cannot be used; nothing was imported.
    """
    async with checked_database(settings) as database:
        return await _import(database, path, encoding, tell)


async def _import(
    database: Database, path: Path, encoding: str, tell: Callable[[Problem], object]
) -> Outcome:
    outcome = Outcome()
    staged = 0

    def leave_out(problem: Problem) -> None:
        outcome.problems += 1
        tell(problem)

    # On SQLite, others can write while the file is read: only the second transaction locks.
    async with database.engine.connect() as connection:
        async with connection.begin():
            checker = await _checker(connection)
            await staging.create(connection)
            with _bar(path) as bar:
                events = _events(path, encoding, checker, leave_out, bar.update)
                while some := list(islice(events, _AT_ONCE)):
                    await staging.stage(connection, some)
                    staged += len(some)
        writing = await connection.execution_options(xiaoer_write=True)
        async with writing.begin():
            outcome.interactions, outcome.ratings = await staging.merge(writing)
    outcome.repeated = staged - outcome.interactions - outcome.ratings
    return outcome


def _bar(path: Path) -> tqdm:
    size = path.stat().st_size if path.is_file() else 0
    shown = None if size >= _LONG else True  # None: on a terminal alone
    return tqdm(total=size, desc=path.name, unit="B", unit_scale=True, leave=False, disable=shown)


def _events(
    path: Path,
    encoding: str,
    checker: Checker,
    leave_out: Callable[[Problem], None],
    progress: Callable[[int], object],
) -> Iterator[Event]:
    for row in read_rows(path, encoding, progress):
        if isinstance(row, Problem):
            leave_out(row)
            continue
        try:
            event = checker.event(row)
        except ValueError as error:
            leave_out(Problem(row.line, str(error)))
        else:
            yield event


async def _checker(connection: AsyncConnection) -> Checker:
    customers = await connection.execute(select(Customer.id).where(Customer.id != ERASED))
    products = await connection.execute(select(Product.id))
    variants = await connection.execute(select(Variant.sku, Variant.product_id))
    names = {sku.upper(): product for sku, product in variants}
    names.update((product.upper(), product) for (product,) in products)
    return Checker({customer for (customer,) in customers}, names, now())
