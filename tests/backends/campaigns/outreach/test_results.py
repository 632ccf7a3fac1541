"""What came of messages, and what the experiment is told of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backends.auth import Caller
from backends.campaigns.experiments import book
from backends.campaigns.experiments.design import NO_ARM, Arm, Design
from backends.campaigns.experiments.models import Assignment
from backends.campaigns.outreach.counts import counts_of
from backends.campaigns.outreach.models import OutreachSend
from backends.campaigns.outreach.results import look
from backends.campaigns.outreach.subscriptions import subscribe
from backends.db import now
from tests.backends.campaigns.outreach.world import TRUSTED


@pytest.fixture
async def sent(world):
    """A function that sends to new customers, and lets it be some days ago."""

    async def send(number, days=1.0, **more):
        customers = [await world.customer() for _ in range(number)]
        copy = await world.copy()
        plan = await world.outreach(copy, customers=customers, **more)
        await world.round()
        at = now() - timedelta(days=days)
        async with world.db.write() as session:
            await session.execute(
                update(OutreachSend)
                .where(OutreachSend.outreach_id == plan.id, OutreachSend.state == "sent")
                .values(sent_at=at, claimed_at=at, try_at=now() - timedelta(minutes=1))
            )
        return plan, copy, customers, at

    return send


async def arms(world, plan):
    async with world.db.read() as session:
        return (await counts_of(session, [plan.id]))[plan.id].arms


async def test_replies_orders_and_unsubscriptions_are_counted_by_variant(world, sent):
    plan, copy, (one, two, three, four), at = await sent(4)
    await world.order(one, at + timedelta(hours=1), 1500)
    await world.order(one, at + timedelta(hours=3), 500)
    await world.order(two, at - timedelta(hours=1), 900)
    await world.wrote("slack", f"s-{two}", at + timedelta(hours=23))
    await world.wrote("slack", f"s-{three}", at + timedelta(hours=25))
    await world.wrote("slack", f"s-{four}", at - timedelta(minutes=5))
    async with world.db.write() as session:
        await subscribe(session, Caller("slack", f"s-{three}"), False, TRUSTED, now())
    assert await look(world.db, now()) == 4
    (arm,) = await arms(world, plan)
    assert vars(arm) == {
        "arm": copy, "customers": 4, "replied": 1, "ordered": 1, "unsubscribed": 1,
        "revenue_fen": 2000,
    }  # fmt: skip
    assert await look(world.db, now()) == 0, "it is looked again after a while, not at once"


async def test_what_comes_late_is_still_seen_and_after_a_week_it_is_settled(world, sent):
    plan, _, (customer,), at = await sent(1, days=6)
    await look(world.db, now())
    await world.order(customer, at + timedelta(days=5))
    await look(world.db, now() + timedelta(minutes=11))
    assert (await arms(world, plan))[0].ordered == 1
    await look(world.db, now() + timedelta(days=2))
    row = (await world.sends(plan))[customer]
    assert row.try_at is None
    await world.order(customer, at + timedelta(days=8))
    assert (await world.sends(plan))[customer].revenue_fen == 1000


async def test_an_order_is_told_to_the_experiment_once(world, connector):
    references = [await world.copy(), await world.copy()]
    experiment = await running_experiment(world, references)
    customers = [await world.customer() for _ in range(6)]
    plan = await world.outreach(*references, customers=customers, experiment=experiment)
    await world.round()
    rows = await world.sends(plan)
    assert {row.state for row in rows.values()} <= {"sent", "held_out"}
    assert {row.arm for row in rows.values()} - {None} <= set(references)
    buyer = next(one for one, row in rows.items() if row.state == "sent")
    await world.order(buyer, now() + timedelta(minutes=2), 2500)
    for minutes in (3, 30, 60):
        await look(world.db, now() + timedelta(minutes=minutes))
    async with world.db.read() as session:
        ours = Assignment.unit.in_(customers)
        told = (await session.execute(select(Assignment).where(ours))).scalars().all()
    assert {one.unit: one.value for one in told if one.value is not None} == {buyer: 25.0}
    assert {one.unit for one in told} == set(customers)


async def test_held_out_customers_get_nothing_and_are_counted(world, connector):
    references = [await world.copy(), await world.copy()]
    experiment = await running_experiment(world, references, holdout=0.5)
    customers = [await world.customer() for _ in range(16)]
    plan = await world.outreach(*references, customers=customers, experiment=experiment)
    await world.round()
    async with world.db.read() as session:
        found = (await counts_of(session, [plan.id]))[plan.id]
    assert found.sent + found.held_out == 16
    assert found.held_out
    assert found.sent
    held = [one for one, row in (await world.sends(plan)).items() if row.state == "held_out"]
    assert not any(connector.to(f"s-{one}") for one in held)
    assert found.arms[-1].arm == ""
    assert found.arms[-1].customers == found.held_out


async def running_experiment(world, references, holdout=0.0):
    design = Design(
        kind="ab",
        arms=tuple(Arm(each) for each in references),
        control=references[0],
        baseline=0.1,
        effect=0.05,
        last_day=book.shop_day(now()) + timedelta(days=60),
        holdout=holdout,
        holdout_gets=NO_ARM,
    )
    async with world.db.write() as session:
        made = await book.create(session, "a test", design, now())
        await book.start(session, made.reference, now() - timedelta(minutes=1))
    return made.reference
