"""Assignments are sticky, the same in every process, and written down once; on both databases."""

import asyncio
import multiprocessing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backends.campaigns.experiments import book, keeping, service
from backends.campaigns.experiments.design import Arm, DesignError, Feature, read_design
from backends.campaigns.experiments.forgetting import GONE, forget_units
from backends.campaigns.experiments.learning import learn
from backends.campaigns.experiments.models import Assignment, PolicySnapshot
from backends.campaigns.experiments.policies.snapshot import decide, propensities_of
from backends.campaigns.experiments.results import results
from backends.db import Database
from backends.errors import ApiError
from tests.backends.campaigns.experiments.conftest import MOMENT

UNITS = [f"C{number}" for number in range(300)]


async def give(database, reference, units, contexts=None, moment=MOMENT):
    async with database.write() as session:
        return await service.assign_many(session, reference, units, contexts, moment)


async def test_who_has_an_arm_keeps_it(database, begin):
    made = await begin(holdout=0.3, holdout_gets="nothing")
    first = await give(database, made.reference, UNITS)
    again = await give(database, made.reference, [*reversed(UNITS), "C-new", "C-new"])
    assert again[: len(UNITS)] == first[::-1]
    assert again[-1] == again[-2]
    assert {each.arm for each in first} == {"A", "B", ""}
    assert all((each.arm == "") == each.is_holdout for each in first)
    assert {each.propensity for each in first if not each.is_holdout} == {0.5}
    async with database.write() as session:
        one = await service.assign(session, made.reference, UNITS[7], None, MOMENT)
    assert one == first[7]


async def test_other_weights_move_nobody(database, begin):
    """The design of a running experiment cannot change; even a change by hand moves nobody."""
    made = await begin()
    first = await give(database, made.reference, UNITS)
    async with database.write() as session:
        await session.execute(update(PolicySnapshot).values(parameters={"probabilities": [0, 1]}))
    again = await give(database, made.reference, [*UNITS, *(f"D{n}" for n in range(50))])
    assert again[: len(UNITS)] == first
    assert {each.arm for each in again[len(UNITS) :]} == {"B"}


async def test_what_is_stored_can_be_drawn_again(database, begin):
    features = (Feature("age", 0, 100),)
    made = await begin(kind="linucb", features=features, arms=(Arm("A"), Arm("B"), Arm("C")))
    design = read_design(made.design)
    for round in range(3):
        units = [f"R{round}-{number}" for number in range(120)]
        contexts = [{"age": float(number % 100)} for number in range(120)]
        await give(database, made.reference, units, contexts)
        async with database.write() as session:
            for number, unit in enumerate(units):
                await service.record_reward(session, made.reference, unit, number % 2, MOMENT)
        assert await learn(database, made, MOMENT)
        assert not await learn(database, made, MOMENT), "nothing new is known"
    async with database.read() as session:
        rows = list((await session.execute(select(Assignment))).scalars())
        policies = {
            each.version: each.parameters
            for each in (await session.execute(select(PolicySnapshot))).scalars()
        }
    assert set(policies) == {1, 2, 3, 4}
    assert {row.version for row in rows} == {1, 2, 3}
    import numpy as np

    for row in rows:
        again = decide(
            design, made.salt, policies[row.version], [row.unit], np.array([row.context])
        )
        assert (again.arms[0], again.propensities[0]) == (row.arm, row.propensity)
        chances = propensities_of(design, policies[row.version], row.likely)
        assert chances[row.arm] == row.propensity
        assert min(chances) >= design.exploration / 3 - 1e-12


async def test_the_context_must_be_the_declared_one(database, begin):
    made = await begin(kind="linucb", features=(Feature("age", 0, 100),))
    for context in (None, {}, {"age": 101.0}, {"age": float("nan")}, {"age": 1.0, "b": 2.0}):
        with pytest.raises(ApiError) as refusal:
            await give(database, made.reference, ["C1"], [context])
        assert refusal.value.status == 400
    assert (await give(database, made.reference, ["C1"], [{"age": 5.0}]))[0].arm in ("A", "B")


def in_another_process(url, reference, units, results_to):
    async def work():
        database = Database(url, wait_ms=30_000)
        found = []
        for first in range(0, len(units), 40):
            found += await give(database, reference, units[first : first + 40])
        await database.close()
        return found

    results_to.put([(each.arm, each.propensity, each.is_holdout) for each in asyncio.run(work())])


async def test_processes_that_race_agree(url, database, begin):
    made = await begin(kind="thompson", holdout=0.1)
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    orders = (UNITS, UNITS[::-1])
    processes = [
        context.Process(target=in_another_process, args=(url, made.reference, units, queue))
        for units in orders
    ]
    for process in processes:
        process.start()
    # Meanwhile the policy changes under them.
    async with database.write() as session:
        session.add(
            PolicySnapshot(
                experiment_id=made.id, version=2, learned_from=0,
                parameters={"probabilities": [0.02, 0.98]}, made_at=MOMENT,
            )
        )  # fmt: skip
    answers = [await asyncio.to_thread(queue.get, timeout=120) for _ in processes]
    for process in processes:
        process.join()
    written = await give(database, made.reference, UNITS)
    expected = [(each.arm, each.propensity, each.is_holdout) for each in written]
    assert sorted(answers[0]) == sorted(answers[1]) == sorted(expected)
    assert expected in (answers[0], answers[0][::-1])
    async with database.read() as session:
        count = (await session.execute(select(func.count()).select_from(Assignment))).scalar_one()
    assert count == len(UNITS)


async def test_the_first_reward_within_the_window_counts(database, begin):
    made = await begin(window_hours=24)
    await give(database, made.reference, UNITS[:4])

    async def reward(unit, value, hours):
        async with database.write() as session:
            moment = MOMENT + timedelta(hours=hours)
            return await service.record_reward(session, made.reference, unit, value, moment)

    assert await reward("C0", 1, 24) is True
    assert await reward("C0", 0, 1) is False, "it has one"
    assert await reward("C0", 1, 24) is False
    assert await reward("C1", 1, 25) is False, "late"
    assert await reward("C2", 1, -1) is False, "before it was assigned"
    assert await reward("C-nobody", 1, 1) is False
    for value in (float("nan"), float("inf"), -1, 1e12):
        with pytest.raises(ApiError):
            await reward("C3", value, 1)
    async with database.read() as session:
        rows = (await session.execute(select(Assignment).order_by(Assignment.unit))).scalars()
        assert [(row.value, row.late) for row in rows] == [
            (1.0, False), (None, True), (None, False), (None, False)
        ]  # fmt: skip


async def test_rewards_at_once_count_once(database, begin):
    made = await begin()
    await give(database, made.reference, ["C1"])

    async def reward(value):
        async with database.write() as session:
            return await service.record_reward(session, made.reference, "C1", value, MOMENT)

    told = await asyncio.gather(*(reward(value) for value in range(8)))
    assert sorted(told) == [False] * 7 + [True]
    async with database.read() as session:
        kept = (await session.execute(select(Assignment.value))).scalar_one()
    assert kept == told.index(True)


async def test_only_settled_units_count(database, begin):
    """Where failures are not told, a success says nothing before the failures of its age do."""
    made = await begin(reports="successes", window_hours=24)
    await give(database, made.reference, UNITS)
    async with database.write() as session:
        for unit in UNITS[:100]:
            await service.record_reward(session, made.reference, unit, 1, MOMENT)
    async with database.read() as session:
        soon = await results(session, made, MOMENT + timedelta(hours=24))
        later = await results(session, made, MOMENT + timedelta(hours=25))
    assert (soon.assigned, soon.settled) == (300, 0)
    assert (later.settled, sum(arm.tally.total for arm in later.arms)) == (300, 100)


async def test_only_its_steps_lead_from_state_to_state(database, begin, design):
    made = await begin()

    async def refused(work, reason, *more):
        async with database.write() as session:
            with pytest.raises(ApiError) as refusal:
                await work(session, made.reference, *more)
        assert (refusal.value.status, refusal.value.extra["reason"]) == (409, reason)

    await refused(book.start, "not_draft", MOMENT)
    await refused(book.change, "not_draft", "another", replace(design, alpha=0.1), MOMENT)
    await refused(book.discard, "not_draft")
    await give(database, made.reference, ["C1"])
    async with database.write() as session:
        stopped = await keeping.stop(session, made.reference, MOMENT)
    assert (stopped.state, stopped.why, stopped.outcome["state"]) == (
        "stopped",
        "person",
        "too_few",
    )
    await refused(keeping.stop, "not_running", MOMENT)
    await refused(book.start, "not_draft", MOMENT)
    assert len(await give(database, made.reference, ["C1"])) == 1, "who has an arm keeps it"
    async with database.write() as session:
        with pytest.raises(ApiError) as refusal:
            await service.assign(session, made.reference, "C2", None, MOMENT)
    assert refusal.value.extra["reason"] == "not_running"
    async with database.read() as session:
        assert await service.running(session) == []


async def test_the_last_day_ends_it_and_the_rule_before(database, begin):
    short = await begin(last_day=book.shop_day(MOMENT))
    other = await begin()
    units = [f"U{number}" for number in range(800)]
    given = await give(database, other.reference, units)
    async with database.write() as session:
        for number, (unit, each) in enumerate(zip(units, given, strict=True)):
            won = number % 10 < (3 if each.arm == "A" else 6)
            await service.record_reward(session, other.reference, unit, won, MOMENT)
    await keeping.keep(database, MOMENT)
    async with database.read() as session:
        ended = await book.find(session, other.reference)
        assert (await book.find(session, short.reference)).state == "running"
    assert (ended.state, ended.why) == ("ended", "rule")
    assert (ended.outcome["state"], ended.outcome["arm"]) == ("better", "B")
    await keeping.keep(database, MOMENT + timedelta(days=2))
    async with database.read() as session:
        over = await book.find(session, short.reference)
    assert (over.state, over.why, over.outcome["state"]) == ("ended", "date", "too_few")


async def test_a_day_that_is_over_starts_nothing(database, design):
    async with database.write() as session:
        made = await book.create(session, "late", design, MOMENT)
        with pytest.raises(DesignError):
            await book.start(session, made.reference, MOMENT + timedelta(days=200))


async def test_old_units_lose_their_names_and_the_counts_stay(database, begin):
    made = await begin(holdout=0.2)
    await give(database, made.reference, UNITS)
    async with database.write() as session:
        await keeping.stop(session, made.reference, MOMENT)
    async with database.read() as session:
        before = await results(session, made, MOMENT)
    for moment in (MOMENT, MOMENT + timedelta(days=1), MOMENT + timedelta(days=2)):
        async with database.write() as session:
            await forget_units(session, moment)
        async with database.read() as session:
            names = list((await session.execute(select(Assignment.unit))).scalars())
            assert await results(session, made, MOMENT) == before
        if moment == MOMENT:
            assert sorted(names) == sorted(UNITS)
        else:
            assert all(name.startswith(GONE) for name in names)
            assert len(set(names)) == len(UNITS)
