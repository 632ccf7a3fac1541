"""A real process that is killed at any moment, and others that go on: each message is said once."""

import asyncio
import time
from pathlib import Path

import yaml

from backends.db import Database
from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.campaigns.outreach.world import World
from tests.backends.conftest import TOKEN

CUSTOMERS = 60


def write_rules(path: Path, **changes) -> Path:
    """The shop's file without quiet hours, on one channel that takes much."""
    data = yaml.safe_load(Path("data/shop/outreach.yml").read_text())
    data["quiet_hours"] = {"from": "00:00", "to": "00:00"}
    data["channels"] = {"slack": {"per_minute": 100_000, "per_day": 1_000_000, "longest": 3000}}
    path.write_text(yaml.safe_dump({**data, **changes}))
    return path


def test_killed_while_sending(tmp_path, connector, free_port, start_light_shop):
    url = f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"

    async def prepare():
        await upgrade(Settings(database_url=url))
        db = Database(url)
        world = World(db, connector.url, TOKEN)
        copy = await world.copy()
        for _ in range(CUSTOMERS):
            await world.customer()
        plan = await world.outreach(copy)
        await db.close()
        return plan

    async def look(plan):
        db = Database(url, 10_000)
        world = World(db, connector.url, TOKEN)
        rows, state = await world.sends(plan), await world.state(plan)
        await db.close()
        return [row.state for row in rows.values()], state

    plan = asyncio.run(prepare())
    env = {
        "RASA_URL": connector.url,
        "XIAOER_OUTREACH_FILE": str(write_rules(tmp_path / "outreach.yml")),
        # The lease of what a killed process had is this and five seconds.
        "XIAOER_PUSH_SECONDS": "1",
    }

    def start(workers=1):
        database = tmp_path / "shop.db"
        return start_light_shop(database, tmp_path, free_port(), env=env, workers=workers)

    connector.delay = 0.15
    try:
        for share in (4, 2):
            shop = start()
            end = time.monotonic() + 60
            while len(connector.delivered) < CUSTOMERS / share and time.monotonic() < end:
                time.sleep(0.01)
            shop.process.kill()
            shop.process.wait()
            shop.stop()
        assert len(connector.delivered) < CUSTOMERS
    finally:
        connector.delay = 0.0
    shop = start(workers=2)
    try:
        end = time.monotonic() + 90
        while asyncio.run(look(plan))[1] != "done" and time.monotonic() < end:
            time.sleep(0.3)
    finally:
        shop.stop()
    states, state = asyncio.run(look(plan))
    assert state == "done"
    assert states == ["sent"] * CUSTOMERS
    assert len(connector.delivered) == CUSTOMERS
    assert set(connector.pushed.values()) == {1}
    assert "Traceback" not in shop.log.read_text()
