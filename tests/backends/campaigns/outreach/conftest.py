"""An empty shop on SQLite and on PostgreSQL, with a connector beside it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from sqlalchemy import delete, update

from backends.campaigns.outreach.models import ChannelCount, Outreach, OutreachSend
from backends.customers.models import Consent
from backends.db import Database
from tests.backends.campaigns.outreach.connector import Connector
from tests.backends.campaigns.outreach.world import World
from tests.backends.conftest import TOKEN
from tests.backends.migrated import migrated_database


@pytest.fixture(scope="package")
def connector_server(free_port) -> Iterator[Connector]:
    running = Connector(free_port(), TOKEN)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def connector(connector_server) -> Connector:
    connector_server.forget()
    return connector_server


@pytest.fixture(
    scope="package", params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)]
)
def database_url(request, tmp_path_factory) -> Iterator[str]:
    with migrated_database(request.param, tmp_path_factory.mktemp("outreach")) as url:
        yield url


@pytest_asyncio.fixture
async def world(database_url, connector) -> AsyncIterator[World]:
    """The shop's rows; what other tests planned is over."""
    db = Database(database_url, 10_000)
    async with db.write() as session:
        await session.execute(delete(OutreachSend))
        await session.execute(delete(Outreach))
        await session.execute(delete(ChannelCount))
        await session.execute(update(Consent).values(given=False))
    yield World(db, connector.url, TOKEN)
    await db.close()
