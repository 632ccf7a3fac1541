"""What is asked at the moment of sending: each answer has its reason, each reason its test."""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

import pytest

from backends.campaigns.outreach.checks import Checks
from backends.campaigns.outreach.models import DoNotContact
from backends.campaigns.outreach.rules import QuietHours
from backends.customers.erasure.erasing import erase
from backends.db import now
from backends.orders.models import Identity
from tests.backends.campaigns.outreach.world import OPEN, TRUSTED

NIGHT = QuietHours(time(21), time(9))


async def judge(world, customer, moment=None, trusted=TRUSTED, **more):
    checks = Checks(world.rules, trusted)
    async with world.db.read() as session:
        return (await checks.judge(session, [customer], moment or now(), **more))[customer]


async def test_who_agreed_and_can_be_reached_is_written_to(world):
    customer = await world.customer("slack", language="en")
    found = await judge(world, customer)
    assert (found.kind, found.channel, found.sender, found.language) == (
        "go", "slack", f"s-{customer}", "en",
    )  # fmt: skip


@pytest.mark.parametrize("said", [None, False])
async def test_without_consent_nobody_is(world, said):
    customer = await world.customer(consent=said)
    found = await judge(world, customer)
    assert (found.kind, found.reason) == ("never", "no_consent")


async def test_the_latest_word_on_consent_holds(world):
    customer = await world.customer()
    await world.consent(customer, False)
    assert (await judge(world, customer)).reason == "no_consent"
    await world.consent(customer, True)
    assert (await judge(world, customer)).kind == "go"


async def test_who_was_erased_is_not(world):
    customer = await world.customer()
    await erase(world.db, customer, now(), 7)
    found = await judge(world, customer)
    assert (found.kind, found.reason) == ("never", "erased")


async def test_who_is_known_on_no_channel_of_ours_is_not(world):
    customer = await world.customer("elsewhere")
    assert (await judge(world, customer)).reason == "no_identity"
    trusted = await world.customer("slack")
    assert (await judge(world, trusted, trusted=frozenset({"wechat"}))).reason == "no_identity"


async def test_a_sender_on_the_list_is_not_but_another_of_the_same_customer_is(world):
    customer = await world.customer("slack")
    await world.add(DoNotContact(channel="slack", sender=f"s-{customer}", at=now()))
    assert (await judge(world, customer)).reason == "unsubscribed"
    other = Identity(
        channel="slack", sender=f"x-{customer}", customer_id=customer, created_at=now()
    )
    await world.add(other)
    assert (await judge(world, customer)).sender == f"x-{customer}"


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ((20, 59), None),
        ((21, 0), (9, 0)),
        ((0, 0), (9, 0)),
        ((8, 59), (9, 0)),
        ((9, 0), None),
    ],
)
def test_quiet_hours_by_the_shops_clock(clock, until):
    # Shop time is eight hours before UTC.
    moment = datetime(2026, 11, 26, *clock, tzinfo=timezone(timedelta(hours=8)))
    end = NIGHT.end_of(moment.astimezone(timezone.utc))
    if until is None:
        assert end is None
    else:
        assert moment < end <= moment + timedelta(hours=12)
        assert end.astimezone(moment.tzinfo).time() == time(*until)


def test_quiet_hours_by_day_and_none():
    noon = datetime(2026, 11, 26, 12, tzinfo=timezone(timedelta(hours=8)))
    assert QuietHours(time(11), time(13)).end_of(noon) == noon + timedelta(hours=1)
    assert QuietHours(time(11), time(12)).end_of(noon) is None
    assert QuietHours(time(12), time(12)).end_of(noon) is None


async def test_in_quiet_hours_it_waits_for_their_end(world):
    customer = await world.customer()
    quiet = world.with_rules(quiet=NIGHT)
    midnight = datetime(2026, 11, 26, 16, tzinfo=timezone.utc)
    found = await judge(quiet, customer, midnight)
    assert (found.kind, found.reason) == ("not_now", "quiet_hours")
    assert found.until == datetime(2026, 11, 27, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("state", ["waiting", "message"])
async def test_while_a_person_talks_to_them_they_are_left_alone(world, state):
    customer = await world.customer("slack")
    await world.ticket("slack", f"s-{customer}", state)
    found = await judge(world, customer)
    assert (found.kind, found.reason) == ("not_now", "handover")


async def test_caps_hold_over_all_outreaches_and_channels(world):
    customer = await world.customer("slack", "wechat")
    capped = world.with_rules(per_day=2, per_week=3)
    moment = now()
    for hours in (100, 3, 2):
        plan = await world.outreach(await world.copy(), customers=[customer])
        row = (await world.sends(plan))[customer]
        async with world.db.write() as session:
            held = await session.get(type(row), row.id)
            held.state, held.sent_at = "sent", moment - timedelta(hours=hours)
            held.claimed_at = moment - timedelta(hours=hours)
    found = await judge(capped, customer, moment)
    assert (found.kind, found.reason) == ("not_now", "cap")
    # The week frees first when the oldest of three is a week old, the day when two are.
    assert found.until == moment + timedelta(days=7) - timedelta(hours=100)
    daily = world.with_rules(per_day=2, per_week=9)
    assert (await judge(daily, customer, moment)).until == moment + timedelta(hours=21)
    assert (await judge(world.with_rules(per_day=3, per_week=4), customer, moment)).kind == "go"


@pytest.mark.parametrize(
    ("hours", "answers", "kind"),
    [(1, 1, "go"), (47, 4, "go"), (1, 5, "not_now"), (49, 1, "not_now"), (None, 0, "not_now")],
)
async def test_a_window_opens_with_the_customers_words_and_is_filled_by_ours(
    world, hours, answers, kind
):
    customer = await world.customer("wechat")
    if hours is not None:
        at = now() - timedelta(hours=hours)
        await world.wrote("wechat", f"s-{customer}", at, answers)
    found = await judge(world, customer)
    assert found.kind == kind
    assert found.reason == ("" if kind == "go" else "window")


async def test_another_channel_is_taken_where_the_window_of_one_is_shut(world):
    wechat_first = world.with_rules(
        channels={name: OPEN.channels[name] for name in ("wechat", "slack")}
    )
    customer = await world.customer("slack", "wechat")
    assert (await judge(wechat_first, customer)).channel == "slack"
    await world.wrote("wechat", f"s-{customer}", now() - timedelta(hours=1))
    assert (await judge(wechat_first, customer)).channel == "wechat"


async def test_an_earlier_try_that_may_have_arrived_binds_the_next_to_its_sender(world):
    customer = await world.customer("slack", "wechat")
    await world.wrote("wechat", f"s-{customer}", now())
    only = ("wechat", f"s-{customer}")
    assert (await judge(world, customer, only=only)).channel == "wechat"
    assert (await judge(world, customer, only=("wechat", "gone"))).reason == "no_identity"


def test_the_line_that_tells_how_to_unsubscribe_stands_once():
    assert OPEN.message("新品上架", "zh") == "新品上架\n回复TD退订"
    assert OPEN.message("新品上架，回T退订", "zh") == "新品上架，回T退订"
    assert OPEN.message("New in. UNSUBSCRIBE any time", "en") == "New in. UNSUBSCRIBE any time"
    assert OPEN.message("New in ", "en").endswith("New in\nReply unsubscribe to stop")
    short = replace(OPEN.channels["wechat"], longest=30)
    assert short.takes("新" * 10)
    assert not short.takes("新" * 11)
