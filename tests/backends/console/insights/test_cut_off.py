"""A file that cannot be sent to its end must not look like a whole one; over a real connection."""

import subprocess
import sys
import time

import httpx
import pytest

from tests.backends.conftest import NO_TLS
from tests.backends.console.insights.cut_off_server import LINE


@pytest.fixture
def server(free_port):
    """The address of a process of its own, since Sanic rewrites its classes for one app."""
    port = free_port()
    command = [sys.executable, "-m", "tests.backends.console.insights.cut_off_server", str(port)]
    process = subprocess.Popen(command)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def test_a_whole_file_arrives_and_half_a_file_is_an_error(server):
    with httpx.Client(verify=NO_TLS, timeout=10, base_url=server) as client:
        assert whole(client).text == "\ufeff" + LINE * 100
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/broken")


def whole(client):
    """The answer of the server, once it listens."""
    until = time.monotonic() + 60
    while True:
        try:
            return client.get("/whole")
        except httpx.ConnectError:
            assert time.monotonic() < until, "the server does not listen"
            time.sleep(0.1)
