"""A server over the catalogue with a supervisor and an agent, and the browser."""

import asyncio

import pytest

from backends.catalog.loader import load_catalog
from backends.console.assets import FOLDER, SCRIPT
from backends.db import Database
from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.campaigns.copy.office import open_office
from tests.backends.conftest import ROOT
from tests.browser import browser, desktop, missing, phone  # noqa: F401


@pytest.fixture(scope="package")
def office(tmp_path_factory, start_light_shop, free_port):
    """A server that these tests share."""
    folder = tmp_path_factory.mktemp("copy-pages")
    catalogue = folder / "catalogue.db"

    async def make():
        settings = Settings(database_url=f"sqlite+aiosqlite:///{catalogue}")
        await upgrade(settings)
        database = Database(settings.database_url)
        async with database.write() as session:
            await load_catalog(session, ROOT / "data" / "shop")
        await database.scrub()
        await database.close()

    asyncio.run(make())
    opened = open_office(start_light_shop, catalogue, folder, free_port())
    opened.shop.sql("UPDATE variants SET stock = 50")
    yield opened
    opened.sue.http.close()
    opened.shop.stop()


@pytest.fixture
def live_office(office):
    """The same, for tests that need the script."""
    if not (FOLDER / SCRIPT).is_file():
        missing("the console's script is not built: `make web` builds it")
    return office
