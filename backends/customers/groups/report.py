"""The report on groups of customers, gathered and written out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from backends.catalog.models import Product
from backends.customers.groups import recommended
from backends.customers.groups.measure import FEWEST, Figure, Measure, compare
from backends.customers.groups.reading import by_language, known_only, read_groups
from backends.customers.groups.service import mean_price_paid, service_measures
from backends.db import checked_database
from backends.settings import Settings

_HEAD = ("group", "customers", "count", "value", "95 % interval", "to the best-off")


@dataclass(frozen=True)
class Table:
    """One measure in all groups of one kind; no figures where no group is large enough."""

    kind: str
    measure: str
    unit: str
    figures: list[Figure]


@dataclass(frozen=True)
class _Records:
    """What the database says."""

    languages: dict[str, str]
    measures: list[Measure]
    paid: dict[str, float]
    products: int


def gather(settings: Settings, file: Path | None, most: int, url: str | None = None) -> list[Table]:
    """Measure everything, by language and by the groups of a file if one is given.

    Args:
        settings: name the database.
        file: customer ids and groups, see `backends.customers.groups.reading`; never stored.
        most: how many customers' recommendations are asked for; 0 leaves them out.
        url: of the recommendation service, None for the usual one.

    Raises:
        SetupError: the file is wrong, or the recommendation service does not answer.
    """
    given = {file.name: read_groups(file)} if file else {}
    records = asyncio.run(_read(settings))
    languages = records.languages
    kinds = {
        "language": languages,
        **{name: known_only(groups, languages) for name, groups in given.items()},
    }
    if not most:
        return [_table(kind, one, kinds[kind]) for kind in kinds for one in records.measures]
    shown = recommended.ask(settings, languages, most, url)
    measures = [*recommended.recommendation_measures(shown, records.paid), *records.measures]
    tables = []
    for kind, groups in kinds.items():
        seen = recommended.catalogue_shown(shown, groups, records.products)
        tables += [
            Table(kind, "catalogue shown", "share", seen),
            *(_table(kind, one, groups) for one in measures),
        ]
    return tables


async def _read(settings: Settings) -> _Records:
    async with checked_database(settings) as database, database.read() as session:
        return _Records(
            await by_language(session),
            await service_measures(session),
            await mean_price_paid(session),
            (await session.execute(select(func.count(Product.id)))).scalar_one(),
        )


def _table(kind: str, measure: Measure, groups: Mapping[str, str]) -> Table:
    return Table(kind, measure.name, measure.unit, compare(measure, groups))


def written(tables: list[Table]) -> Iterator[str]:
    """The lines of the report."""
    kind = None
    for table in tables:
        if table.kind != kind:
            kind = table.kind
            yield f"Groups by {kind}"
        yield ""
        yield f"  {table.measure} ({table.unit})"
        if not table.figures:
            yield f"    no group with observations of {FEWEST} customers"
            continue
        rows = [_HEAD, *(_cells(one) for one in table.figures)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
        for row in rows:
            yield (
                "    "
                + "  ".join(
                    cell.ljust(width) for cell, width in zip(row, widths, strict=True)
                ).rstrip()
            )
    yield ""
    yield "! below four fifths of the best-off group: look for the cause (29 CFR 1607.4(D))."
    yield "? the same, but the intervals overlap: it may be chance."
    yield f"Groups of fewer than {FEWEST} customers are left out."


def _cells(figure: Figure) -> tuple[str, ...]:
    ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}"
    mark = ("!" if figure.apart else "?") if figure.below_four_fifths else ""
    return (
        figure.group,
        str(figure.customers),
        str(figure.count),
        f"{figure.value:.3f}",
        f"{figure.low:.3f} to {figure.high:.3f}",
        f"{ratio} {mark}".strip(),
    )
