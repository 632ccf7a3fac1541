"""Each is sent once, whatever the connector does; and every row ends with a reason that is true."""

import asyncio
from datetime import timedelta

import pytest

from backends.campaigns.outreach import counts as counting
from backends.campaigns.outreach import planning
from backends.campaigns.outreach.models import Outreach
from backends.campaigns.outreach.outcomes import pause_of
from backends.customers.erasure.erasing import erase
from backends.db import now
from backends.rasa import Outcome
from tests.backends.campaigns.outreach.world import OPEN
from tests.waiting import eventually

NOT_DELIVERED = (502, {}, {"error": {"code": "not_delivered", "reason": "45015 out of time"}})


async def counts(world, outreach):
    async with world.db.read() as session:
        found = (await counting.counts_of(session, [outreach.id]))[outreach.id]
    total = found.sent + found.waiting + found.skipped + found.failed + found.held_out
    assert found.audience == total
    assert sum(found.skips.values()) == found.skipped
    assert sum(found.failures.values()) == found.failed
    return found


async def test_an_outreach_from_its_beginning_to_its_end(world, connector):
    zh = await world.copy("春茶上新", "zh")
    en = await world.copy("Spring tea is here", "en")
    reached = await world.customer(language="en"), await world.customer(language="zh")
    silent = await world.customer(consent=None)
    plan = await world.outreach(zh, en)
    await world.round()
    assert connector.to(f"s-{reached[0]}")[0]["text"] == (
        "Spring tea is here\nReply unsubscribe to stop"
    )
    assert connector.to(f"s-{reached[1]}")[0]["text"] == "春茶上新\n回复TD退订"
    assert connector.to(f"s-{silent}") == []
    assert connector.to(f"s-{reached[0]}")[0]["id"].startswith(plan.reference)
    found = await counts(world, plan)
    assert (found.audience, found.sent) == (2, 2)
    assert {arm.arm: arm.customers for arm in found.arms} == {zh: 1, en: 1}
    assert await world.state(plan) == "done"
    await world.round()
    assert set(connector.pushed.values()) == {1}


async def test_consent_is_asked_at_sending_not_at_planning(world, connector):
    stays, leaves, goes = [await world.customer() for _ in range(3)]
    plan = await world.outreach(await world.copy(), customers=[stays, leaves, goes])
    await world.consent(leaves, False)
    await erase(world.db, goes, now(), 7)
    await world.round()
    found = await counts(world, plan)
    assert (found.sent, found.skips) == (1, {"no_consent": 1, "erased": 1})
    assert [key[0] for key in connector.delivered] == [f"s-{stays}"]


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ((409, {}, {"error": {"code": "no_push"}}), "skipped", "no_push"),
        (NOT_DELIVERED, "failed", "refused"),
        ((400, {}, {"error": {"code": "invalid_request"}}), "failed", "refused"),
    ],
)
async def test_what_no_second_try_would_change_ends_at_once(
    world, connector, answer, state, reason
):
    customer = await world.customer()
    plan = await world.outreach(await world.copy(), customers=[customer])
    connector.script = [answer]
    await world.round()
    row = (await world.sends(plan))[customer]
    assert (row.state, row.reason, len(connector.requests)) == (state, reason, 1)
    assert await world.state(plan) == "done"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_tried_again_under_the_same_id(world, connector, status):
    customer = await world.customer()
    plan = await world.outreach(await world.copy(), customers=[customer])
    connector.script = [(status, {}, {}), (status, {"retry-after": "7"}, {})]
    for _ in range(3):
        await world.due_again(plan)
        await world.round()
    row = (await world.sends(plan))[customer]
    assert (row.state, row.attempts) == ("sent", 3)
    assert len({one["id"] for one in connector.requests}) == 1


async def test_retry_after_is_honoured(world, connector):
    customers = [await world.customer() for _ in range(20)]
    plan = await world.outreach(await world.copy(), customers=customers)
    connector.script = [(429, {"retry-after": "120"}, {})] * 20
    moment = now()
    await world.round()
    rows = (await world.sends(plan)).values()
    tried = [row for row in rows if row.attempts]
    # One round asks eight at once, and then leaves the server alone.
    assert 1 <= len(tried) == len(connector.requests) <= 8
    assert all(row.try_at >= moment + timedelta(seconds=120) for row in tried)
    assert all(row.reason == "unreachable" for row in tried)


def test_pauses_grow_to_ten_minutes():
    pauses = [pause_of(Outcome("later"), n).total_seconds() for n in (1, 2, 5, 12, 10_000)]
    assert pauses == [1, 2, 16, 600, 600]
    assert pause_of(Outcome("later", retry_after=3600), 1) == timedelta(hours=1)


async def test_an_answer_that_is_lost_does_not_send_it_twice(world, connector):
    customer = await world.customer()
    plan = await world.outreach(await world.copy(), customers=[customer])
    connector.lost.add(f"s-{customer}")
    await world.round()
    row = (await world.sends(plan))[customer]
    assert (row.state, row.is_unsure) == ("waiting", True)
    await world.due_again(plan)
    await world.round()
    row = (await world.sends(plan))[customer]
    assert (row.state, row.is_unsure) == ("sent", False)
    assert list(connector.pushed.values()) == [1]


async def test_what_may_have_arrived_and_cannot_be_tried_again_is_called_unknown(world, connector):
    customer = await world.customer()
    plan = await world.outreach(await world.copy(), customers=[customer])
    connector.lost.add(f"s-{customer}")
    await world.round()
    await world.consent(customer, False)
    await world.due_again(plan)
    await world.round()
    found = await counts(world, plan)
    assert found.failures == {"unknown": 1}
    # It counts for the caps all the same.
    await world.consent(customer, True)
    capped = world.with_rules(per_day=1)
    again = await world.outreach(await world.copy(), customers=[customer])
    await capped.round()
    assert (await counts(world, again)).waits == {"cap": 1}


async def test_whoever_died_over_a_message_loses_it_and_it_is_sent_once(world, connector):
    customer = await world.customer()
    plan = await world.outreach(await world.copy(), customers=[customer])
    connector.delay = 0.5
    worker = world.worker()
    dying = asyncio.get_running_loop().create_task(worker._round())
    await asyncio.to_thread(eventually, lambda: connector.requests or dying.done())
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await worker.stop()
    connector.delay = 0.0
    row = (await world.sends(plan))[customer]
    assert row.state == "claimed"
    await world.round()
    assert (await world.sends(plan))[customer].attempts == 1, "the lease still holds"
    await world.due_again(plan)
    await world.round()
    assert (await world.sends(plan))[customer].state == "sent"
    assert set(connector.pushed.values()) == {1}


async def test_several_workers_share_the_work(world, connector):
    customers = [await world.customer() for _ in range(40)]
    plan = await world.outreach(await world.copy(), customers=customers)
    await world.round(workers=4)
    assert (await counts(world, plan)).sent == 40
    assert len(connector.requests) == 40


async def test_two_outreaches_at_once_keep_to_one_customers_cap(world, connector):
    customer = await world.customer()
    capped = world.with_rules(per_day=1)
    plans = [await world.outreach(await world.copy(), customers=[customer]) for _ in range(4)]
    await capped.round(workers=4)
    found = [await counts(world, plan) for plan in plans]
    assert sum(one.sent for one in found) == 1
    assert sum(one.waits.get("cap", 0) for one in found) == 3
    assert len(connector.requests) == 1


async def test_a_channel_takes_so_many_a_minute_and_a_day(world, connector):
    slack = OPEN.channels["slack"]
    customers = [await world.customer() for _ in range(12)]
    plan = await world.outreach(await world.copy(), customers=customers)
    few = type(slack)(10_000, 5, slack.longest, slack.unit, None, None)
    await world.with_rules(channels={"slack": few}).round()
    found = await counts(world, plan)
    assert (found.sent, found.waits.get("quota", 0)) == (5, found.waiting)
    assert len(connector.requests) == 5
    await world.round()
    assert (await counts(world, plan)).sent == 12


async def test_at_the_end_nothing_more_is_sent_and_each_has_a_reason(world, connector):
    free, busy = await world.customer(), await world.customer()
    await world.ticket("slack", f"s-{busy}")
    plan = await world.outreach(await world.copy(), customers=[free, busy])
    await world.round()
    assert await world.state(plan) == "sending"
    async with world.db.write() as session:
        held = await session.get(Outreach, plan.id)
        held.ends_at = now()
    await world.due_again(plan)
    await world.round()
    found = await counts(world, plan)
    assert (found.sent, found.skips) == (1, {"handover": 1})
    assert await world.state(plan) == "done"


async def test_stopped_means_stopped(world, connector):
    customers = [await world.customer() for _ in range(5)]
    plan = await world.outreach(await world.copy(), customers=customers)
    async with world.db.write() as session:
        await planning.stop(session, plan.reference, now())
    await world.round()
    found = await counts(world, plan)
    assert (found.skips, connector.requests) == ({"stopped": 5}, [])
    assert await world.state(plan) == "stopped"


async def test_copy_that_is_withdrawn_is_sent_no_more(world, connector):
    customer = await world.customer()
    expired = await world.copy(offer_until=now() - timedelta(minutes=1))
    rejected = await world.copy(state="rejected")
    plan = await world.outreach(expired, rejected, customers=[customer])
    await world.round()
    assert (await counts(world, plan)).waits == {"copy": 1}
    assert connector.requests == []
