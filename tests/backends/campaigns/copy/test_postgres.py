"""The same on PostgreSQL: ordered twice at once, approved, refused after a change of price."""

import asyncio

import pytest
from sqlalchemy import text

from backends.campaigns.copy import approval
from backends.campaigns.copy.approved import approved, approved_for
from backends.campaigns.copy.briefs import records
from backends.campaigns.copy.results import results
from backends.campaigns.copy.service import CopyService
from backends.campaigns.copy.settings import CopySettings
from backends.catalog.loader import load_catalog
from backends.customers.segments.book import SegmentBook
from backends.db import Database, now
from backends.errors import ApiError
from backends.migrations.run import upgrade
from backends.settings import Settings
from backends.staff import accounts
from tests.backends.campaigns.copy.conftest import DATA, brief
from tests.backends.conftest import ROOT
from tests.backends.postgres import new_database


@pytest.mark.service
def test_a_day_on_postgresql(tmp_path):
    with new_database() as url:
        asyncio.run(a_day(url, tmp_path))


async def a_day(url, folder):
    await upgrade(Settings(database_url=url))
    database = Database(url)
    service = CopyService(
        DATA, SegmentBook(ROOT / "data" / "customers"), CopySettings(state=folder)
    )
    try:
        async with database.write() as session:
            await load_catalog(session, ROOT / "data" / "shop")
            await session.execute(text("UPDATE variants SET stock = 50"))
            sue = await accounts.add(
                session, "sue", "x", name="Sue", role="supervisor", languages=["en"]
            )
            await session.flush()
        both = await asyncio.gather(
            *(service.order(database, "key", brief(scarce=False), sue.id) for _ in range(2))
        )
        assert {row.reference for row, _ in both} == {both[0][0].reference}
        material = await service.material()
        async with database.read() as session:
            one, other, _ = await records.variants_of(session, [both[0][0].id])
            assert await results(session) == {}
        async with database.write() as session:
            await approval.approve(session, one.reference, 1, sue.id, material, now())
            await approval.reject(session, other.reference, 1, sue.id, "flat", now())
        async with database.read() as session:
            assert [each.text for each in await approved(session, [one.reference])] == [one.text]
            assert len(await approved_for(session, "zh", "wechat")) == 1
        async with database.write() as session:
            await session.execute(text("UPDATE products SET price_fen = 1 WHERE id = 'AU-4001'"))
        async with database.read() as session:
            with pytest.raises(ApiError) as refused:
                await approved(session, [one.reference])
            assert refused.value.extra["reason"] == "price_changed"
            assert await approved_for(session) == []
        async with database.write() as session:
            await records.forget_briefs(session, now())
            assert await records.list_briefs(session, 10), "something of it was approved"
    finally:
        await service.close()
        await database.close()
