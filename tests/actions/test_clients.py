"""What clients send: headers, token, keys."""

import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.clients.customer import Customer
from actions.clients.settings import Settings
from actions.clients.token import service_token
from actions.turn import Turn


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_customer_fits_into_headers(sender, channel):
    headers = Customer(channel, sender).headers()
    for value in headers.values():
        assert value
        assert value.isascii()
        assert value.isprintable()
        assert len(value) < 4000
    name = headers["X-Xiaoer-Channel"]
    assert name.isidentifier()
    assert len(name) <= 32


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_senders_never_look_the_same(one, other):
    same = Customer("rest", one).headers() == Customer("rest", other).headers()
    assert same == (one == other)


def test_the_token_file_is_made_once_and_private(tmp_path):
    settings = Settings(service_token=None, token_file=tmp_path / "deep" / "token")
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(service_token(settings))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0]) >= 32
    assert stat.S_IMODE(settings.token_file.stat().st_mode) == 0o600
    assert [path.name for path in settings.token_file.parent.iterdir()] == ["token"]


def test_the_backends_read_the_same_token(tmp_path, monkeypatch):
    from backends.auth import read_or_make_token
    from backends.settings import load_settings

    monkeypatch.delenv("XIAOER_SERVICE_TOKEN", raising=False)
    monkeypatch.setenv("XIAOER_SERVICE_TOKEN_FILE", str(tmp_path / "token"))
    assert read_or_make_token(load_settings()) == service_token(Settings())


@pytest.fixture
def turn_of():
    """A function that makes a turn of events."""
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    def make(events, sender="s"):
        tracker = Tracker(sender, {}, {}, events, False, None, {}, None)
        return Turn(CollectingDispatcher(), tracker, {})

    return make


def user(identifier):
    """A message event."""
    return {"event": "user", "message_id": identifier, "input_channel": "rest"}


def test_a_key_is_the_turns_own(turn_of):
    events = [user("a")]
    key = turn_of(events).idempotency_key("x")
    assert turn_of([*events, {"event": "slot", "name": "n"}]).idempotency_key("x") == key
    assert turn_of([*events, user("b")]).idempotency_key("x") != key
    assert turn_of([user("b")]).idempotency_key("x") != key
    assert turn_of(events).idempotency_key("y") != key
    assert turn_of(events, sender="t").idempotency_key("x") != key
    assert turn_of([]).idempotency_key("x")
