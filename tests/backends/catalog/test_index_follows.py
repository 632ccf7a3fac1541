"""The index follows the products; without encoder or Qdrant the search goes on by words."""

import asyncio

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from backends.catalog.loader import load_catalog
from backends.catalog.service import Catalog
from backends.db import Database
from backends.migrations.run import upgrade
from backends.search.settings import SearchSettings
from backends.settings import Settings


@pytest.fixture
async def database(tmp_path, shop_folder):
    """A database that holds the tiny shop."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'tiny.db'}"
    await upgrade(Settings(database_url=url))
    database = Database(url)
    async with database.write() as session:
        await load_catalog(session, shop_folder())
    yield database
    await database.close()


@pytest.fixture
async def start(tmp_path, database):
    """A function that starts a catalogue over it, with settings of the test's own."""
    started = []

    async def make(**settings):
        catalog = Catalog(SearchSettings(**{"state": tmp_path / "state", **settings}))
        started.append(catalog)
        with capture_logs() as logs:
            await catalog.start(database)
            for _ in range(200):
                if any("words" in one["event"] and "until" not in one["event"] for one in logs):
                    break
                await asyncio.sleep(0.05 if settings.get("encoder", "x") else 0)
        return catalog, [one["event"] for one in logs]

    yield make
    for catalog in started:
        await catalog.stop()


@pytest.fixture
def found(database):
    """A function that searches and gives the ids."""

    async def search(catalog, q):
        async with database.read() as session:
            result = await catalog.search(session, q, lambda item, meant: True)
        return [hit.item.id for hit in result.hits]

    return search


async def test_a_restart_does_not_encode_again(start, found):
    catalog, logs = await start()
    assert any(event.startswith("product texts become vectors") for event in logs)
    assert logs[-1] == "the search goes by words and vectors"
    _, logs = await start()
    assert logs == ["the search goes by words and vectors"]
    # neither word is anywhere in the shop
    assert await found(catalog, "wandering after dark outside") == ["LA-1002"]
    assert await found(catalog, "washing powder") == []


async def test_changed_products_are_found_without_a_restart(start, found, database, shop_folder):
    catalog, _ = await start(encoder="")
    assert await found(catalog, "fluorite") == ["LA-1001"]
    assert await found(catalog, "mooncatcher") == []

    def rename(files):
        files["products/lamps.yml"]["products"][0].update(
            name={"zh": "捕月台灯", "en": "Mooncatcher Desk Lamp"}, synonyms=[]
        )

    async with database.write() as session:
        await load_catalog(session, shop_folder(rename))
    assert await found(catalog, "mooncatcher") == ["LA-1001"]
    assert await found(catalog, "捕月") == ["LA-1001"]
    assert await found(catalog, "fluorite") == []


@pytest.mark.parametrize("encoder", ["no-such-folder/no/such", ""])
async def test_without_an_encoder_words_are_enough(start, found, encoder):
    catalog, logs = await start(encoder=encoder)
    assert await found(catalog, "台灯") == ["LA-1001"]
    assert await found(catalog, "desk lmap") == ["LA-1001"]
    assert logs == (["search goes on by words alone"] if encoder else [])


async def test_a_qdrant_that_is_down_is_told_and_done_without(start, found, free_port):
    catalog, logs = await start(qdrant_url=f"http://127.0.0.1:{free_port()}")
    assert logs[-1] == "search goes on by words alone"
    assert await found(catalog, "台灯") == ["LA-1001"]


async def test_an_empty_shop_answers(start, found, database):
    async with database.write() as session:
        for table in ("catalog_version", "variants", "products", "brands", "categories"):
            await session.execute(sql(f"DELETE FROM {table}"))
    catalog, _ = await start(encoder="")
    assert await found(catalog, "台灯") == []


async def test_a_database_without_tables_does_not_stop_the_start(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'void.db'}")
    catalog = Catalog(SearchSettings(encoder=""))
    with capture_logs() as logs:
        await catalog.start(database)
    assert [one["log_level"] for one in logs] == ["warning"]
    await catalog.stop()
    await database.close()
