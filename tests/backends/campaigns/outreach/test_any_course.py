"""Under any course of events nobody gets two, nobody without consent gets one, and counts add up."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from backends.auth import Caller
from backends.campaigns.outreach import planning
from backends.campaigns.outreach.counts import counts_of
from backends.campaigns.outreach.models import DoNotContact, Outreach, OutreachSend
from backends.campaigns.outreach.subscriptions import subscribe
from backends.db import Database, now
from backends.errors import ApiError
from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.campaigns.outreach.world import TRUSTED, World
from tests.backends.conftest import TOKEN

CUSTOMERS = 4
_who = st.integers(0, CUSTOMERS - 1)
_step = st.one_of(
    st.tuples(st.just("work"), st.integers(1, 2)),
    st.tuples(st.just("crash"), st.just(0)),
    st.tuples(st.just("withdraw"), _who),
    st.tuples(st.just("agree"), _who),
    st.tuples(st.just("unsubscribe"), _who),
    st.tuples(st.just("subscribe"), _who),
    st.tuples(st.just("lose"), _who),
    st.tuples(st.just("busy"), st.integers(1, 6)),
    st.tuples(st.just("later"), st.just(0)),
    st.tuples(st.just("end"), st.integers(0, 1)),
    st.tuples(st.just("stop"), st.integers(0, 1)),
)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    made = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('course') / 'shop.db'}"
    asyncio.run(upgrade(Settings(database_url=made)))
    return made


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_step, min_size=3, max_size=14), cap=st.integers(1, 2))
def test_any_course(url, connector, steps, cap):
    connector.forget()
    asyncio.run(Course(url, connector, cap).run(steps))


class Course:
    """Two outreaches to the same customers, and what may happen to them."""

    def __init__(self, url, connector, cap):
        self.url, self.connector, self.cap = url, connector, cap

    async def run(self, steps):
        db = Database(self.url, 10_000)
        try:
            self.world = World(db, self.connector.url, TOKEN).with_rules(
                per_day=self.cap, per_week=self.cap
            )
            copy = await self.world.copy()
            self.customers = [await self.world.customer() for _ in range(CUSTOMERS)]
            #: Who agrees, by us: the oracle.
            self.agrees = dict.fromkeys(self.customers, True)
            self.listed = dict.fromkeys(self.customers, False)
            self.plans = [
                await self.world.outreach(copy, customers=self.customers) for _ in range(2)
            ]
            for name, value in steps:
                before = set(self.connector.delivered)
                await getattr(self, name)(value)
                await self.check(before)
            await self.settle()
        finally:
            await db.close()

    async def work(self, workers):
        await self.world.round(workers)

    async def crash(self, _):
        worker = self.world.worker()
        self.connector.delay = 0.02
        task = asyncio.get_running_loop().create_task(worker._round())
        await asyncio.sleep(0.03)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await worker.stop()
        self.connector.delay = 0.0

    async def withdraw(self, who):
        self.agrees[self.customers[who]] = False
        await self.world.consent(self.customers[who], False)

    async def agree(self, who):
        self.agrees[self.customers[who]] = True
        await self.world.consent(self.customers[who], True)

    async def unsubscribe(self, who):
        await self._say(who, False)

    async def subscribe(self, who):
        await self._say(who, True)

    async def _say(self, who, wanted):
        customer = self.customers[who]
        self.agrees[customer], self.listed[customer] = wanted, not wanted
        async with self.world.db.write() as session:
            caller = Caller("slack", f"s-{customer}")
            assert await subscribe(session, caller, wanted, TRUSTED, now())

    async def lose(self, who):
        self.connector.lost.add(f"s-{self.customers[who]}")

    async def busy(self, number):
        self.connector.script += [(503, {}, {"error": {"code": "busy"}})] * number

    async def later(self, _):
        for plan in self.plans:
            await self.world.due_again(plan)

    async def end(self, which):
        async with self.world.db.write() as session:
            await session.execute(
                update(Outreach).where(Outreach.id == self.plans[which].id).values(ends_at=now())
            )
        await self.world.round()

    async def stop(self, which):
        async with self.world.db.write() as session:
            # Stopping what has ended is refused, which changes nothing.
            with suppress(ApiError):
                await planning.stop(session, self.plans[which].reference, now())

    async def check(self, before):
        """After each step; what came in it went to people who agreed throughout it."""
        await asyncio.sleep(0.03)
        assert all(number == 1 for number in self.connector.pushed.values())
        new = {key[0] for key in set(self.connector.delivered) - before}
        for customer in self.customers:
            if f"s-{customer}" in new:
                assert self.agrees[customer]
                assert not self.listed[customer]
            given = self.connector.to(f"s-{customer}")
            assert len(given) <= self.cap
            assert len({one["id"].partition("-")[0] for one in given}) == len(given)
        await self.counts()

    async def counts(self):
        async with self.world.db.read() as session:
            found = await counts_of(session, [plan.id for plan in self.plans])
        for one in found.values():
            assert one.audience == CUSTOMERS
            total = one.sent + one.waiting + one.skipped + one.failed + one.held_out
            assert total == CUSTOMERS
        return list(found.values())

    async def settle(self):
        """At last both come to an end, and what is called sent is what was said."""
        self.connector.script.clear()
        self.connector.lost.clear()
        for _ in range(3):
            await self.later(0)
            await self.world.round()
        for which in (0, 1):
            await self.end(which)
        await self.later(0)
        await self.world.round()
        counts = await self.counts()
        assert [one.waiting for one in counts] == [0, 0]
        for plan in self.plans:
            rows = await self.world.sends(plan)
            for customer, row in rows.items():
                said = any(
                    one["id"].startswith(plan.reference)
                    for one in self.connector.to(f"s-{customer}")
                )
                if row.state == "sent":
                    assert said
                elif said:
                    assert (row.state, row.reason) == ("failed", "unknown")
        listed = await self.world.number(
            DoNotContact, DoNotContact.sender.in_([f"s-{one}" for one in self.customers])
        )
        assert listed == sum(self.listed.values())
        assert (
            await self.world.number(OutreachSend, OutreachSend.try_at > now() + timedelta(days=1))
            == 0
        )
