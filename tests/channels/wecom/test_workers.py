"""Several workers of one server: a message that reaches all of them is handled by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.channels.wecom.conftest import World
from tests.channels.wecom.customer_service import KF_ID
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.service]

CUSTOMERS = 20


@pytest.fixture
def workers(make_world: Callable[..., World], tmp_path: Path, redis_url: str) -> Iterator[World]:
    """A server of two workers, which Rasa wants locks in Redis for."""
    redis = urlsplit(redis_url)
    lock_store = {
        "type": "redis",
        "url": redis.hostname,
        "port": redis.port or 6379,
        "db": int(redis.path.strip("/") or 0),
        "password": redis.password,
        "key_prefix": "wecomworkers",
    }
    variables = {"SANIC_WORKERS": "2"}
    world = make_world(tmp_path, {"lock_store": lock_store}, variables)
    world.rasa.start()
    yield world
    world.rasa.stop()
    world.platform.close()


def test_each_message_is_answered_once(workers: World) -> None:
    kf, platform = workers.platform.kf, workers.platform
    members = [f"workers-member-{number}" for number in range(CUSTOMERS)]
    platform.members.update(members)

    def customer(number: int) -> None:
        words = {"content": f"kf {number}"}
        kf.customer_writes(KF_ID, f"workers-customer-{number}", "text", words)
        for _ in range(3):
            workers.kf.kf(KF_ID)

    def member(number: int) -> None:
        # Three deliveries at once, each of them to any worker.
        fields = {"MsgId": f"{time.time_ns()}{number}"}
        caller = type(workers.app)(platform, workers.app._address)
        tries = [
            threading.Thread(target=caller.text, args=(members[number], "buttons"), kwargs=fields)
            for _ in range(3)
        ]
        for each in tries:
            each.start()
        for each in tries:
            each.join()

    threads = [
        threading.Thread(target=work, args=(number,))
        for number in range(CUSTOMERS)
        for work in (customer, member)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    customers = [f"workers-customer-{number}" for number in range(CUSTOMERS)]
    eventually(lambda: all(kf.texts(each) for each in customers))
    eventually(lambda: all(platform.texts(each) for each in members))
    time.sleep(2)
    for number, each in enumerate(customers):
        assert kf.texts(each) == [f"echo: kf {number}"]
    for each in members:
        assert platform.texts(each) == ["您要做什么?"]
    assert all(len(workers.calls(each)) == 1 for each in [*customers, *members])
