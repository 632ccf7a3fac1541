"""Fill the database, once: again only for changed files, another number or day, or on demand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlalchemy import delete, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from tqdm import tqdm

from backends.catalog.loader import load_catalog
from backends.db import Base, now, open_database
from backends.errors import SetupError
from backends.migrations.run import upgrade
from backends.seed.history import ORDERS, invent
from backends.seed.material import Demo, Messages, People, read
from backends.seed.models import SeedRecord
from backends.seed.wares import read_wares
from backends.settings import Settings

# Raise it when the code invents other rows from the same files.
FORMAT = 2
NUMBER = 7
HISTORY_FILES = ("people.yml", "demo_orders.yml", "messages.yml")
BATCH = 2000
#: Not of the invented shop: people have made them.
KEPT_TABLES = {"staff", "staff_sessions", "login_throttles"}


@dataclass(frozen=True)
class Outcome:
    """What a run of the seed did, and for which day the orders in the database were made."""

    done: Literal["nothing", "catalogue", "everything"]
    today: date


async def seed(
    settings: Settings, *, reset: bool = False, today: date | None = None, number: int = NUMBER
) -> Outcome:
    """Bring the database's schema up to date and fill it, in one transaction.

    When only product files have changed, the catalogue is renewed and orders stay. When what the
    customers and orders are made of has changed, or another day or number is asked for, all is made
    anew and what the shop was told meanwhile is lost; accounts of staff stay.

    Args:
        settings: name the database and the folder of the shop's files.
        reset: make all anew in any case.
        today: the day that orders lie before; by default the present day when all is made anew.
        number: the same number, files and day give the same shop.

    Raises:
        SetupError: a file is wrong, or the database is locked or cannot be reached.
    """
    catalog_digest, history_digest = _digests(settings.shop_data)
    await upgrade(settings)
    database = open_database(settings)
    try:
        async with database.write() as session:
            record = await session.get(SeedRecord, 1)
            same = (
                not reset
                and record is not None
                and record.history_digest == history_digest
                and record.number == number
                and today in (None, record.today)
            )
            if same and record.catalog_digest == catalog_digest:
                return Outcome("nothing", record.today)
            if same:
                await load_catalog(session, settings.shop_data, number=number, today=record.today)
                record.catalog_digest = catalog_digest
                record.seeded_at = now()
                return Outcome("catalogue", record.today)
            if record is not None:
                session.expunge(record)
            day = today or now().date()
            await _everything(session, settings.shop_data, number, day)
            session.add(
                SeedRecord(
                    id=1,
                    catalog_digest=catalog_digest,
                    history_digest=history_digest,
                    number=number,
                    today=day,
                    seeded_at=now(),
                )
            )
            return Outcome("everything", day)
    except (DBAPIError, OSError) as error:
        raise database.cannot_use(error) from None
    finally:
        await database.close()


async def _everything(session: AsyncSession, folder: Path, number: int, today: date) -> None:
    people, demo = read(folder, "people.yml", People), read(folder, "demo_orders.yml", Demo)
    messages = read(folder, "messages.yml", Messages)
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in KEPT_TABLES:
            await session.execute(delete(table))
    with tqdm(total=ORDERS, desc="Orders", unit="", disable=None, leave=False) as bar:
        bar.set_description("Products")
        await load_catalog(session, folder, number=number, today=today)
        wares = await read_wares(session)
        bar.set_description("Orders")
        rows = invent(wares, people, demo, messages, number, today, bar.update)
    batches = [
        (table, some[at : at + BATCH])
        for table, some in rows.items()
        for at in range(0, len(some), BATCH)
    ]
    for table, batch in tqdm(batches, desc="Storing", unit="", disable=None, leave=False):
        await session.execute(insert(table.__table__), batch)


def _digests(folder: Path) -> tuple[str, str]:
    """Hashes of the catalogue's files and of those that customers and orders are made of."""
    if not folder.is_dir():
        raise SetupError(
            f"There is no folder {folder}: run from the project's folder or set XIAOER_SHOP_DATA."
        )
    catalog, history = hashlib.sha256(), hashlib.sha256(str(FORMAT).encode())
    for path in sorted(folder.rglob("*.yml")):
        name = path.relative_to(folder).as_posix()
        digest = history if name in HISTORY_FILES else catalog
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return catalog.hexdigest(), history.hexdigest()
