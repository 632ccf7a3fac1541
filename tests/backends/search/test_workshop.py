"""Work on vectors has a deadline; after a failure they are left alone for a while."""

import asyncio
import threading
import time

import pytest
from structlog.testing import capture_logs

from backends.search import workshop as module
from backends.search.settings import SearchSettings
from backends.search.workshop import Workshop


@pytest.fixture
def workshop():
    made = Workshop(SearchSettings(encoder=""), "test")
    yield made
    made.close()


async def test_work_is_done_in_threads_and_gives_its_result_or_error(workshop):
    assert await workshop.run(threading.current_thread) is not threading.current_thread()
    assert await workshop.guarded(pow, 2, 5) == 32
    with pytest.raises(ZeroDivisionError):
        await workshop.run(divmod, 1, 0)
    assert workshop.awake()


async def test_a_failure_is_logged_and_lets_the_vectors_rest(workshop, monkeypatch):
    with capture_logs() as logs:
        assert await workshop.guarded(divmod, 1, 0) is None
    assert [(one["of"], one["error"]) for one in logs] == [("test", "ZeroDivisionError")]
    assert not workshop.awake()
    monkeypatch.setattr(module, "_REST_SECONDS", 0.05)
    await workshop.guarded(divmod, 1, 0)
    assert not workshop.awake()
    await asyncio.sleep(0.1)
    assert workshop.awake()


async def test_what_takes_too_long_is_not_waited_for(workshop):
    go_on = threading.Event()
    start = time.monotonic()
    try:
        assert await workshop.guarded(go_on.wait, 20) is None
        assert 0.9 <= time.monotonic() - start < 10
        assert not workshop.awake()
        # The other threads go on meanwhile.
        assert await workshop.guarded(pow, 2, 5) == 32
    finally:
        go_on.set()


async def test_without_an_encoder_there_is_nothing_to_open(workshop):
    with capture_logs() as logs:
        await workshop.open()
    assert (workshop.encoder, workshop.client, logs) == (None, None, [])


async def test_an_encoder_that_cannot_be_loaded_is_logged(tmp_path):
    workshop = Workshop(SearchSettings(encoder=str(tmp_path)), "test")
    with capture_logs() as logs:
        await workshop.open()
    workshop.close()
    assert workshop.encoder is None
    assert [one["event"] for one in logs] == ["search goes on by words alone"]
