"""Planning, stopping, dry runs and subscriptions against the running app."""

import asyncio
from datetime import timedelta

import pytest

from backends.db import Database, now
from backends.orders.models import Identity
from tests.backends.campaigns.outreach.test_killed import write_rules
from tests.backends.campaigns.outreach.world import World
from tests.backends.conftest import TOKEN
from tests.waiting import eventually

EVERYBODY = {"kind": "everybody"}


@pytest.fixture(scope="module")
def outreach_shop(seeded_database, tmp_path_factory, free_port, start_light_shop, connector_server):
    """A seeded shop that sends without quiet hours, at most one message a customer and day."""
    folder = tmp_path_factory.mktemp("outreach-api")
    database = folder / "shop.db"
    database.write_bytes(seeded_database.read_bytes())
    env = {
        "RASA_URL": connector_server.url,
        "XIAOER_OUTREACH_FILE": str(write_rules(folder / "outreach.yml")),
    }
    running = start_light_shop(database, folder, free_port(), env=env)
    yield running
    running.stop()


@pytest.fixture
def api(outreach_shop, connector):
    return outreach_shop.client()


@pytest.fixture
def write(outreach_shop):
    """A function that writes by a coroutine of `World`."""

    def run(work):
        async def inside():
            db = Database(f"sqlite+aiosqlite:///{outreach_shop.database}", 10_000)
            try:
                return await work(World(db, "http://127.0.0.1:9", TOKEN))
            finally:
                await db.close()

        return asyncio.run(inside())

    return run


def body(copy, **changes):
    return {
        "name": "Spring tea",
        "audience": EVERYBODY,
        "copies": [copy],
        "ends_at": (now() + timedelta(hours=1)).isoformat(),
        **changes,
    }


def test_from_draft_to_done(api, write, connector):
    copy = write(lambda world: world.copy("春茶上新"))
    fresh = write(lambda world: world.customer())
    made = api.post("/v1/outreach", json=body(copy))
    assert made.status_code == 201, made.text
    reference = made.json()["reference"]
    assert (made.json()["state"], made.json()["counts"]["audience"]) == ("draft", 0)
    assert connector.requests == []
    assert api.post(f"/v1/outreach/{reference}/plan").json()["state"] == "planned"

    def done():
        found = api.get(f"/v1/outreach/{reference}").json()
        return found if found["counts"]["sent"] + found["counts"]["skipped"] else None

    eventually(done)
    eventually(lambda: connector.to(f"s-{fresh}"))
    eventually(lambda: not api.get(f"/v1/outreach/{reference}").json()["counts"]["waiting"])
    found = api.get(f"/v1/outreach/{reference}").json()
    counts = found["counts"]
    # Of the seeded customers nobody is bound to a sender.
    assert counts["skips"] == {"no_identity": counts["skipped"]}
    assert counts["audience"] == counts["sent"] + counts["skipped"] + counts["waiting"]
    assert found["state"] == "done"
    assert api.get("/v1/outreach").json()["items"][0]["reference"] == reference
    again = api.post(f"/v1/outreach/{reference}/plan")
    assert (again.status_code, again.json()["error"]["reason"]) == (409, "not_a_draft")
    over = api.post(f"/v1/outreach/{reference}/stop")
    assert (over.status_code, over.json()["error"]["reason"]) == (409, "ended")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"audience": {"kind": "segment", "segment": "no_such_segment"}}, "unknown_segment"),
        ({"audience": {"kind": "segment"}}, "audience"),
        ({"audience": {"kind": "everybody", "segment": "valued"}}, "audience"),
        ({"audience": {"kind": "product", "product": "PH-1001"}}, "audience"),
        ({"begins_at": "0001-01-01T00:00:00+14:00"}, "in_the_past"),
        ({"ends_at": "9999-12-31T23:59:59-14:00"}, "too_long"),
        ({"audience": {"kind": "product", "product": "XX-0000", "limit": 5}}, "unknown_product"),
        ({"copies": ["CP0123456789"]}, "copy_not_approved"),
        ({"experiment": "EX0123456789"}, "unknown_experiment"),
        ({"begins_at": "2026-01-01T10:00:00+08:00"}, "in_the_past"),
        ({"ends_at": "2026-01-01T10:00:00+08:00"}, "end_before_start"),
        ({"ends_at": "2126-01-01T10:00:00+08:00"}, "too_long"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(api, write, changes, reason):
    copy = write(lambda world: world.copy())
    refused = api.post("/v1/outreach", json=body(copy, **changes))
    assert refused.status_code == 409, refused.text
    error = refused.json()["error"]
    assert error["reason"] == reason
    assert error["message"].endswith(".")
    assert "\n" not in error["message"]


def test_copy_that_ends_before_or_is_too_long_is_refused(api, write):
    begins = now() + timedelta(minutes=30)
    soon = write(lambda world: world.copy(offer_until=now() + timedelta(minutes=10)))
    refused = api.post("/v1/outreach", json=body(soon, begins_at=begins.isoformat()))
    assert refused.json()["error"]["reason"] == "copy_expires"
    long = write(lambda world: world.copy("x" * 2995))
    assert api.post("/v1/outreach", json=body(long)).json()["error"]["reason"] == "copy_too_long"


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": {"kind": "some"}},
        {"audience": {"kind": "segment", "segment": "Not a name"}},
        {"copies": []},
        {"copies": ["不"]},
        {"ends_at": 1},
        {"ends_at": "2026-12-01T10:00:00"},
        {"name": "a\u0000b"},
        {"name": ""},
    ],
)
def test_malformed_plans_are_400(api, write, changes):
    copy = write(lambda world: world.copy())
    assert api.post("/v1/outreach", json=body(copy, **changes)).status_code == 400


def test_an_empty_audience_is_refused(api, write):
    # No profiles were reckoned in this shop, so that nobody is in any segment.
    copy = write(lambda world: world.copy())
    asked = body(copy, audience={"kind": "segment", "segment": "valued"})
    assert api.post("/v1/outreach", json=asked).json()["error"]["reason"] == "empty_audience"


def test_a_dry_run_counts_and_sends_nothing(api, write, connector):
    fresh = write(lambda world: world.customer())
    told = api.post("/v1/outreach/dry-run", json={"audience": EVERYBODY}).json()
    assert told["reachable"] >= 1
    assert told["reachable"] + sum(told["reasons"].values()) == told["looked_at"] == told["size"]
    assert connector.to(f"s-{fresh}") == []


def test_a_known_customer_unsubscribes_and_comes_back(api, outreach_shop, write):
    customer = write(lambda world: world.customer())
    client = outreach_shop.client(f"s-{customer}", "slack")
    consent = (
        "SELECT given FROM consents WHERE customer_id = ? AND purpose = 'marketing' ORDER BY id"
    )
    for wanted in (False, False, True):
        said = client.post("/v1/outreach/subscriptions", json={"wanted": wanted})
        assert said.json() == {"wanted": wanted, "is_known": True}
        assert outreach_shop.sql(consent, customer)[-1] == (int(wanted),)
    assert len(outreach_shop.sql(consent, customer)) == 3, "the same word twice is written once"
    listed = "SELECT count(*) FROM do_not_contact WHERE sender = ?"
    assert outreach_shop.sql(listed, f"s-{customer}") == [(0,)]


@pytest.mark.parametrize("channel", ["rest", "wechat"])
def test_a_stranger_unsubscribes_too(outreach_shop, channel):
    client = outreach_shop.client(channel=channel)
    listed = "SELECT channel FROM do_not_contact WHERE sender = ?"
    sender = client.headers["x-xiaoer-sender"]
    said = client.post("/v1/outreach/subscriptions", json={"wanted": False})
    assert said.json() == {"wanted": False, "is_known": False}
    assert outreach_shop.sql(listed, sender) == [(channel,)]
    client.post("/v1/outreach/subscriptions", json={"wanted": True})
    assert outreach_shop.sql(listed, sender) == []


def test_a_stranger_who_unsubscribed_is_not_written_to_once_bound(outreach_shop, write):
    sender = outreach_shop.client(channel="slack")
    sender.post("/v1/outreach/subscriptions", json={"wanted": False})
    name = sender.headers["x-xiaoer-sender"]

    async def bind(world):
        customer = await world.customer("wecom")
        await world.add(
            Identity(channel="slack", sender=name, customer_id=customer, created_at=now())
        )
        return customer

    write(bind)
    told = outreach_shop.client().post("/v1/outreach/dry-run", json={"audience": EVERYBODY}).json()
    assert told["reasons"].get("unsubscribed", 0) >= 1


def test_no_token_no_answer(outreach_shop):
    client = outreach_shop.client()
    client.headers["Authorization"] = "Bearer wrong-but-long-enough"
    assert client.get("/v1/outreach").status_code == 401
    assert client.post("/v1/outreach/subscriptions", json={"wanted": False}).status_code == 401


@pytest.mark.parametrize("reference", ["OR0000000000", "x", "OR%00", "😀" * 40])
def test_what_is_not_there_is_404(api, reference):
    assert api.get(f"/v1/outreach/{reference}").status_code in (400, 404)
