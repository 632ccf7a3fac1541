"""What is approved may be sent, until what it rests on changes."""

from contextlib import asynccontextmanager

import pytest

from backends.campaigns.copy.approved import approved, approved_for
from backends.db import Database
from backends.errors import ApiError
from tests.backends.campaigns.copy.conftest import EARBUDS, in_days
from tests.backends.campaigns.copy.office import open_office


@pytest.fixture
def own(tmp_path, catalogue, start_light_shop, free_port):
    """A server whose catalogue a test may change."""
    opened = open_office(start_light_shop, catalogue, tmp_path, free_port())
    opened.shop.sql("UPDATE variants SET stock = 50 WHERE product_id = ?", EARBUDS)
    yield opened
    opened.sue.http.close()
    opened.shop.stop()


@asynccontextmanager
async def session(own):
    database = Database(f"sqlite+aiosqlite:///{own.shop.database}")
    async with database.read() as opened:
        yield opened
    await database.close()


async def reason(own, reference):
    """Why a variant may not be sent, "" when it may be."""
    async with session(own) as opened:
        offered = {one.reference for one in await approved_for(opened)}
        try:
            await approved(opened, [reference])
        except ApiError as refusal:
            status, why = refusal.status, refusal.extra["reason"]
        else:
            status, why = 200, ""
    assert status == (409 if why else 200)
    assert (reference in offered) == (why == "")
    return why


CHANGES = [
    ("price_changed", "UPDATE products SET price_fen = price_fen + 100 WHERE id = 'AU-4001'"),
    ("price_changed", "UPDATE products SET list_price_fen = 99900 WHERE id = 'AU-4001'"),
    ("product_changed", "UPDATE products SET summary_zh = '换了说法' WHERE id = 'AU-4001'"),
    ("sold_out", "UPDATE variants SET stock = 0 WHERE product_id = 'AU-4001'"),
    ("offer_changed", "UPDATE promotions SET value = 5 WHERE id = 'listen-more'"),
    ("offer_changed", "DELETE FROM promotions WHERE id = 'listen-more'"),
    ("expired", "UPDATE copy_variants SET offer_until = '2026-01-01 00:00:00.000000'"),
]


async def test_it_may_be_sent_until_what_it_rests_on_changes(own):
    own.shop.sql("UPDATE promotions SET starts = ?, ends = ? WHERE id = 'listen-more'",
                 str(in_days(-3)), str(in_days(9)))  # fmt: skip
    offer = {"kind": "percent", "promotion": "listen-more"}
    one, other, third = own.drafts(offer=offer)
    assert await reason(own, one["reference"]) == "not_approved"
    assert own.decide(one["reference"], "approve").status_code == 303
    assert own.decide(other["reference"], "reject", reason="平淡").status_code == 303
    assert await reason(own, one["reference"]) == ""
    assert await reason(own, other["reference"]) == "not_approved"
    assert own.variant(one["reference"])["unusable"] is None
    async with session(own) as opened:
        found = (await approved(opened, [one["reference"]]))[0]
        assert (found.text, found.language, found.channel, found.product) == (
            one["text"], "zh", "wechat", EARBUDS,
        )  # fmt: skip
        assert found.offer_until is not None
        assert await approved_for(opened, language="en") == []
        assert len(await approved_for(opened, language="zh", channel="wechat")) == 1
        with pytest.raises(ApiError) as refused:
            await approved(opened, [one["reference"], third["reference"]])
        assert refused.value.extra["reference"] == third["reference"]
        with pytest.raises(ApiError):
            await approved(opened, ["CP\x00"])
    tables = ("products", "variants", "promotions", "copy_variants")
    for table in tables:
        own.shop.sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    for wanted, change in CHANGES:
        own.shop.sql(change)
        assert await reason(own, one["reference"]) == wanted, change
        assert own.variant(one["reference"])["unusable"] == wanted
        for table in ("products", "variants", "promotions", "copy_variants"):
            own.shop.sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM kept_{table}")
        assert await reason(own, one["reference"]) == ""


async def test_few_left_ends_with_a_delivery(own):
    own.shop.sql("UPDATE variants SET stock = 1 WHERE product_id = ?", EARBUDS)
    draft = own.drafts(scarce=True)[0]
    assert own.decide(draft["reference"], "approve").status_code == 303
    assert await reason(own, draft["reference"]) == ""
    own.shop.sql("UPDATE variants SET stock = 90 WHERE product_id = ?", EARBUDS)
    assert await reason(own, draft["reference"]) == "not_scarce"


def test_a_draft_whose_price_has_changed_cannot_be_approved(own):
    draft = own.drafts()[0]
    own.shop.sql("UPDATE products SET price_fen = 44900 WHERE id = ?", EARBUDS)
    answer = own.decide(draft["reference"], "approve")
    assert answer.status_code == 409
    assert "¥499" in answer.text
    right = draft["text"].replace("¥499", "¥449").replace("¥100", "¥150")
    assert own.decide(draft["reference"], "edit", text=right).status_code == 303
    assert own.decide(draft["reference"], "approve").status_code == 303
