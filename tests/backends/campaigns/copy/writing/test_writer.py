"""Models that lie, hang, fail and write well, behind a real endpoint."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backends.campaigns.copy.facts import gather
from backends.campaigns.copy.settings import CopySettings
from backends.campaigns.copy.writing.generators import newest_writer
from backends.campaigns.copy.writing.writer import Writer
from backends.errors import ApiError
from tests.backends.campaigns.copy.conftest import EARBUDS, brief

GOOD = [
    "静谷 Pro 降噪耳机，48dB 深度降噪，六麦通话清晰。现价 ¥499。",
    "地铁安静一点：静谷 Pro 降噪耳机，主动降噪真无线蓝牙耳机，¥499。",
    "连盒续航 36 小时的静谷 Pro 降噪耳机，原价 ¥599，现价 ¥499。",
]
LIES = [
    "静谷 Pro 降噪耳机，全网最低价 ¥399！",
    "静谷 Pro 降噪耳机，续航 72 小时，¥499。",
    "静谷 Pro 降噪耳机，仅剩 3 件，¥499。",
]


class Endpoint:
    """A chat-completions endpoint that writes the given texts."""

    def __init__(self, port, texts, pause=0.0, status=200):
        self.asked = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.asked.append((json.loads(body), self.headers.get("Authorization")))
                time.sleep(pause)
                choices = [
                    {"message": {"content": text}, "finish_reason": "stop"} for text in texts
                ]
                answer = json.dumps({"choices": choices}).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def serve(free_port):
    running = []

    def start(texts, **options):
        port = free_port()
        running.append(Endpoint(port, texts, **options))
        return running[-1], f"http://127.0.0.1:{port}/v1"

    yield start
    for one in running:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture
def write(wares, material, tmp_path):
    """A function that writes one brief by a writer with the given settings."""

    async def work(**settings):
        writer = Writer(CopySettings(state=tmp_path, **settings))
        asked = brief(EARBUDS)
        facts = gather(asked, [wares[EARBUDS]], material)
        try:
            begin = time.monotonic()
            return await writer.write(asked, facts, material, "seed"), time.monotonic() - begin
        finally:
            await writer.close()

    return work


def named(url, **other):
    return {"url": url, "model": "m", **other}


async def test_without_a_model_templates_are_filled_and_it_is_said(write):
    done, _ = await write()
    assert {variant.writer for variant in done.variants} == {"templates"}
    assert (len(done.variants), done.notes) == (3, ["no_model"])


async def test_what_a_model_writes_well_is_taken_with_its_grounds(write, serve):
    endpoint, url = serve(GOOD)
    done, _ = await write(**named(url, key="secret-key"))
    assert [variant.text for variant in done.variants] == GOOD
    assert {variant.writer for variant in done.variants} == {"remote:m"}
    assert done.notes == []
    for variant in done.variants:
        assert any("product AU-4001: " in ground.source for ground in variant.grounds)
    body, key = endpoint.asked[0]
    assert key == "Bearer secret-key"
    told = json.loads(body["messages"][1]["content"])
    # The product's text is data, in the user's message; the rules are the system's.
    assert "48dB 深度降噪，六麦通话清晰，连盒续航 36 小时。" in told["passages"]
    assert "48dB" not in body["messages"][0]["content"]
    assert "900" in told["question"]


async def test_lies_are_dropped_and_templates_fill_up(write, serve):
    _, url = serve([*LIES, GOOD[0]])
    done, _ = await write(**named(url))
    assert [variant.writer for variant in done.variants] == ["remote:m", "templates", "templates"]
    assert {"refused", "filled_up"} <= set(done.notes)
    assert not any(lie in variant.text for lie in LIES for variant in done.variants)


async def test_a_model_that_hangs_gives_templates_in_time(write, serve):
    _, url = serve(GOOD, pause=20)
    done, seconds = await write(**named(url, deadline="1.5"))
    assert {variant.writer for variant in done.variants} == {"templates"}
    assert done.notes == ["slow"]
    assert seconds < 5


@pytest.mark.parametrize("status", [500, 401])
async def test_a_model_that_fails_gives_templates(write, serve, status):
    _, url = serve(GOOD, status=status)
    done, _ = await write(**named(url))
    assert (len(done.variants), done.notes) == (3, ["failed"])


async def test_the_loop_goes_on_while_a_brief_is_written(wares, material, tmp_path):
    writer = Writer(CopySettings(state=tmp_path))
    asked = brief(EARBUDS)
    facts = gather(asked, [wares[EARBUDS]], material)
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await writer.write(asked, facts, material, "seed")
    ticking.cancel()
    await writer.close()
    assert ticks > 10


async def test_only_so_many_wait(wares, material, tmp_path, serve):
    _, url = serve(GOOD, pause=20)
    settings = {
        **named(url), "deadline": "2", "at_once": "1",
        "waiting": "2", "state": tmp_path,
    }  # fmt: skip
    writer = Writer(CopySettings(**settings))
    asked = brief(EARBUDS)
    facts = gather(asked, [wares[EARBUDS]], material)
    several = (writer.write(asked, facts, material, str(number)) for number in range(3))
    done = await asyncio.gather(*several, return_exceptions=True)
    await writer.close()
    refused = [one for one in done if isinstance(one, ApiError)]
    assert [one.status for one in refused] == [503]
    notes = sorted(one.notes[0] for one in done if not isinstance(one, ApiError))
    assert notes == ["busy", "slow"]


def test_the_newest_writer_counts(tmp_path):
    assert newest_writer(tmp_path / "none") is None
    for name in ("writer-1", "writer-3", "writer-2", ".writer-9"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "generator.json").write_text("{}")
    (tmp_path / "writer-4").mkdir()
    assert newest_writer(tmp_path).name == "writer-3"
