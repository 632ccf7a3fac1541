"""Which customer is of which group: from the shop's file, or by language."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.orders.models import ERASED, Customer
from backends.setup_error import SetupError

_HEADER = ["customer_id", "group"]
_LONGEST = 40


def read_groups(path: Path) -> dict[str, str]:
    """Read a CSV file with the header ``customer_id,group``; it is used and forgotten.

    Raises:
        SetupError: the file cannot be read or is not of this form; names the line.
    """
    groups: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            if [name.strip() for name in next(rows, [])] != _HEADER:
                raise SetupError(f"{path} must begin with the line customer_id,group.")
            for row in rows:
                if row:
                    customer_id, group = _pair(path, rows.line_num, row)
                    if groups.setdefault(customer_id, group) != group:
                        raise SetupError(
                            f"{path} line {rows.line_num}: {customer_id} is in two groups."
                        )
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, csv.Error):
        raise SetupError(f"{path} is no CSV file in UTF-8: save it as one.") from None
    if not groups:
        raise SetupError(f"{path} names no customer.")
    return groups


def _pair(path: Path, line: int, row: list[str]) -> tuple[str, str]:
    pair = [value.strip() for value in row]
    if len(pair) != len(_HEADER) or not all(pair) or len(pair[1]) > _LONGEST:
        raise SetupError(
            f"{path} line {line}: give a customer id and a group of at most {_LONGEST} characters."
        )
    return pair[0], pair[1]


async def by_language(session: AsyncSession) -> dict[str, str]:
    """The language of each customer, a group that the shop knows by itself."""
    rows = await session.execute(
        select(Customer.id, Customer.language).where(Customer.id != ERASED)
    )
    return dict(rows.all())


def known_only(groups: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The groups of customers that there are."""
    return {customer_id: group for customer_id, group in groups.items() if customer_id in known}
