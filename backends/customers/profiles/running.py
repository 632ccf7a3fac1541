"""The runs over all customers: training, and making the kept profiles anew."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from backends.alone import alone
from backends.catalog.snapshot import Snapshot, read_snapshot
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History, read_histories
from backends.customers.profiles.model import FILE
from backends.customers.profiles.models import ProfileTags
from backends.customers.profiles.reckoning import Reckoned, Reckoner, load_encoder
from backends.customers.profiles.store import Kept, read_all, replace_all
from backends.customers.profiles.tags import TAGS, read_tags
from backends.customers.profiles.texts import TextVectors
from backends.customers.profiles.training import Trained, Trainer
from backends.db import Database, checked_database, now
from backends.orders.models import Customer
from backends.search.settings import SearchSettings
from backends.settings import Settings
from backends.setup_error import SetupError


async def train(settings: Settings, search: SearchSettings, progress: bool) -> Trained:
    """Train on all customers who agreed, put the model in place and make all profiles by it.

    Until the new model is whole the old one goes on serving.

    Raises:
        SetupError: another run is under way, the tags are wrong, or there is too little to
            learn from.
    """
    with _alone(search.state / FILE):
        book = read_tags(settings.customers_data / TAGS)
        async with checked_database(settings) as database:
            snapshot, histories = await _read(database)

        def work() -> tuple[Trained, TextVectors]:
            texts = TextVectors(load_encoder(search), search.state)
            texts.read_products(snapshot)
            trainer = Trainer(book, histories, Goods(snapshot), texts, now(), progress)
            trained = trainer.train()
            trained.model.save(search.state / FILE)
            return trained, texts

        trained, texts = await asyncio.to_thread(work)
        await _refresh(settings, Reckoner(search, settings.customers_data / TAGS, texts))
    return trained


async def refresh(settings: Settings, search: SearchSettings) -> int:
    """Make the kept profiles of all customers anew; returns how many there are.

    Raises:
        SetupError: another run is under way, or there is neither a model nor a file of tags that
            can be used.
    """
    with _alone(search.state / FILE):
        return await _refresh(settings, Reckoner(search, settings.customers_data / TAGS))


async def _refresh(settings: Settings, reckoner: Reckoner) -> int:
    async with checked_database(settings) as database:
        snapshot, histories = await _read(database)
        moment = now()
        profiles = await asyncio.to_thread(reckoner.reckon, histories, snapshot, moment)
        readers = frozenset(one.customer for one in histories if one.reads_messages)
        async with database.write() as session:
            await replace_all(session, profiles, readers, moment)
    return len(profiles)


def is_trained(search: SearchSettings) -> bool:
    """Whether there is a model, whatever its state."""
    return (search.state / FILE).exists()


async def count(settings: Settings) -> int:
    """Return how many profiles are kept."""
    async with checked_database(settings) as database, database.read() as session:
        rows = await session.execute(select(func.count()).select_from(ProfileTags))
        return rows.scalar_one()


async def profile_of(
    settings: Settings, search: SearchSettings, customer: str
) -> tuple[History | None, Reckoned | None]:
    """Return one customer's history and profile; no history where consent covers none.

    Raises:
        SetupError: there is no such customer, or nothing to make profiles by.
    """
    reckoner = Reckoner(search, settings.customers_data / TAGS)
    async with checked_database(settings) as database, database.read() as session:
        if await session.get(Customer, customer) is None:
            raise SetupError(f"There is no customer {customer}.")
        histories = await read_histories(session, [customer])
        snapshot = await read_snapshot(session)
    profiles = await asyncio.to_thread(reckoner.reckon, histories, snapshot, now())
    return (histories[0] if histories else None), (profiles[0] if profiles else None)


async def kept(settings: Settings) -> tuple[datetime | None, list[Kept]]:
    """Return what `store.read_all` does."""
    async with checked_database(settings) as database, database.read() as session:
        return await read_all(session)


def _alone(model: Path) -> AbstractContextManager[None]:
    """Let one run over all customers go on at a time."""
    return alone(
        model.with_suffix(".lock"),
        "Another run over the profiles is under way: wait until it has finished.",
    )


async def _read(database: Database) -> tuple[Snapshot, list[History]]:
    async with database.read() as session:
        ids = (await session.execute(select(Customer.id))).scalars()
        return await read_snapshot(session), await read_histories(session, ids)
