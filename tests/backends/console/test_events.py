"""The stream of changes: who gets it, what it says, and when it ends."""

import signal
import threading
import time
from contextlib import contextmanager

import httpx

from backends.console.events.streams import MOST_OF_ONE
from tests.backends.conftest import NO_TLS
from tests.waiting import eventually


@contextmanager
def stream(staff):
    """The names of the events as they come, the moment of each, and whether it has ended."""
    heard, ended = [], threading.Event()
    client = httpx.Client(base_url=staff.http.base_url, cookies=staff.http.cookies, verify=NO_TLS)

    def listen(response):
        try:
            for line in response.iter_lines():
                heard.append((line, time.monotonic()))
        except httpx.HTTPError:
            pass
        ended.set()

    with client, client.stream("GET", "/staff/events", timeout=40) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        thread = threading.Thread(target=listen, args=[response], daemon=True)
        thread.start()
        eventually(lambda: named(heard, "hello"))
        yield heard, ended


def named(heard, name):
    return [moment for line, moment in heard if line == f"event: {name}"]


def test_a_stranger_gets_no_stream(desk):
    assert desk.stranger().get("/staff/events").status_code == 401
    assert desk.stranger(cookies={"xiaoer_staff": "x"}).get("/staff/events").status_code == 401


def test_it_names_what_has_changed_within_a_second(desk):
    talk, other = desk.talk(), desk.talk()
    with stream(desk.staff("ann")) as (heard, _):
        delays = []
        for number in range(5):
            heard.clear()
            begin = time.monotonic()
            talk.say(f"message {number}")
            eventually(lambda: named(heard, f"ticket-{talk.reference}"))
            delays.append(named(heard, f"ticket-{talk.reference}")[0] - begin)
            assert named(heard, "queue")
        assert not named(heard, f"ticket-{other.reference}")
    assert sorted(delays)[len(delays) // 2] < 1


def test_heartbeats_outlive_the_time_limit_of_answers_and_end_with_the_login(desk):
    ann = desk.staff("ann")
    with stream(ann) as (heard, ended):
        # RESPONSE_TIMEOUT is 15 seconds.
        eventually(lambda: sum(line.startswith(":") for line, _ in heard) >= 2, 40)
        assert not ended.is_set()
        ann.post("/staff/logout")
        assert ended.wait(30)


def test_nobody_opens_them_without_end(desk):
    bo = desk.staff("bo")
    client = httpx.Client(base_url=desk.url, cookies=bo.http.cookies, verify=NO_TLS)
    with client:
        opened = [
            client.send(client.build_request("GET", "/staff/events"), stream=True)
            for _ in range(MOST_OF_ONE + 1)
        ]
        assert [one.status_code for one in opened] == [200] * MOST_OF_ONE + [503]
        for one in opened:
            one.close()
    eventually(lambda: desk.staff("ann").get("/staff/").status_code == 200)

    def again():
        with httpx.stream("GET", f"{desk.url}/staff/events", cookies=bo.http.cookies) as one:
            return one.status_code == 200

    eventually(again, 20)


def test_several_processes_and_their_end(begin):
    own = begin("ann", workers=2)
    talk, ann = own.talk(), own.staff("ann")
    with stream(ann) as (first, ended), stream(ann) as (second, _), stream(ann) as (third, _):
        # Whichever process hears of it: the others look once a second.
        for number in range(4):
            for heard in (first, second, third):
                heard.clear()
            talk.say(f"message {number}")
            for heard in (first, second, third):
                eventually(lambda heard=heard: named(heard, f"ticket-{talk.reference}"))
        stopped = time.monotonic()
        own.shop.process.send_signal(signal.SIGTERM)
        own.shop.process.wait(20)
        assert time.monotonic() - stopped < 15
        assert ended.wait(5)
