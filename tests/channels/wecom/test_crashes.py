"""A server that is killed in the middle and started again: nothing is lost, nothing repeated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.channels.wecom.conftest import World
from tests.channels.wecom.customer_service import KF_ID
from tests.waiting import eventually

pytestmark = pytest.mark.slow

CUSTOMERS = 12


@pytest.fixture
def crashing(make_world: Callable[..., World], tmp_path: Path) -> Iterator[World]:
    """A world of its own, for its server is killed."""
    world = make_world(tmp_path, buttons="numbers")
    # A first start answers what is fresh, not the history of three days.
    kf = world.platform.kf
    kf.customer_writes(KF_ID, "crash-customer-fresh", "text", {"content": "bubbles 2"})
    kf.customer_writes(KF_ID, "crash-customer-of-old", "text", {"content": "bubbles 2"})
    kf.age(KF_ID, "crash-customer-of-old", 7200)
    world.rasa.start(wait=300)
    yield world
    world.rasa.stop()
    world.platform.close()


def test_customers_and_members_are_answered_once_over_two_kills(crashing: World) -> None:
    kf, platform = crashing.platform.kf, crashing.platform
    kf.page = 5
    customers = [f"crash-customer-{number}" for number in range(CUSTOMERS)]
    members = [f"crash-member-{number}" for number in range(CUSTOMERS)]
    platform.members.update({*members, "chooser"})
    crashing.app.text("chooser", "buttons")
    # Every third turn takes longer than the server lives; sending takes its time as well.
    platform.slow.update({"kf/send_msg": 0.3, "message/send": 0.3})
    for number, customer in enumerate(customers):
        words = f"{'slow 4 ' if number % 3 == 0 else ''}bubbles 2"
        kf.customer_writes(KF_ID, customer, "text", {"content": words})
    crashing.kf.kf(KF_ID)

    def write(number: int) -> None:
        words = f"slow {5 if number % 3 == 0 else 0.5} buttons"
        message_id = f"{time.time_ns()}{number}"
        # The platform gives up after three tries; what never reached us is not what is tested.
        while crashing.app.text(members[number], words, MsgId=message_id) is None:
            time.sleep(0.5)

    threads = [
        threading.Thread(target=write, args=(number,), daemon=True) for number in range(CUSTOMERS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(1.2)
    crashing.rasa.kill()
    # Written while nobody listens, and told of by no callback that anybody hears.
    kf.customer_writes(KF_ID, "crash-customer-late", "text", {"content": "bubbles 2"})
    crashing.rasa.start(wait=300)
    time.sleep(2.0)
    crashing.rasa.kill()
    crashing.rasa.start(wait=300)
    for thread in threads:
        thread.join()

    crashing.app.text("chooser", "１")
    everyone = [*customers, "crash-customer-late", "crash-customer-fresh"]
    eventually(lambda: all(kf.texts(customer) for customer in everyone))
    eventually(lambda: all(platform.texts(member) for member in members))
    time.sleep(3)
    for customer in everyone:
        assert kf.texts(customer) == ["bubble 1\n\nbubble 2"]
    assert not kf.texts("crash-customer-of-old")
    offer = "您要做什么?\n请回复数字选择：\n1. 查订单\n2. 打招呼"
    for member in members:
        assert platform.texts(member) == [offer]
    assert platform.texts("chooser") == [offer, "intent: order_status {}"]
