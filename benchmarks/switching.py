"""Changing the model of a running Rasa under load: what is lost, and how long anybody waits.

    python -m benchmarks.switching --out FILE

A small shop (rules, a form, DIET as a component that is slow to load) runs as `rasa run`; 20 messages
a second go to it, each of another customer, while three models are put in its place one after the
other, and one conversation fills a form across all of it. The peer is Rasa's own way, `models:` in
endpoints.yml, on the same messages: it loads in the event loop. There only one model is changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.server
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.harness import Figure, parser, report
from benchmarks.processes import RASA, free_port, run, running
from xiaoer.archives import metadata, put_in_service

_CONFIG = """
recipe: default.v1
assistant_id: switching
language: en
pipeline:
- name: WhitespaceTokenizer
- name: CountVectorsFeaturizer
- name: DIETClassifier
  epochs: 5
policies:
- name: RulePolicy
"""
_NLU = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - hi
    - hey there
    - good morning
- intent: buy
  examples: |
    - I want a shirt
    - a shirt please
    - buy a shirt
    - sell me a shirt
"""
_DOMAIN = """
version: "3.1"
intents: [greet, buy]
slots:
  size:
    type: text
    influence_conversation: false
    mappings:
    - type: from_text
      conditions: [{active_loop: shirt_form, requested_slot: size}]
  colour:
    type: text
    influence_conversation: false
    mappings:
    - type: from_text
      conditions: [{active_loop: shirt_form, requested_slot: colour}]
forms:
  shirt_form:
    required_slots: [size, colour]
responses:
  utter_greet: [{text: "NAME"}]
  utter_ask_size: [{text: "size?"}]
  utter_ask_colour: [{text: "colour?"}]
  utter_bought: [{text: "{size} {colour}"}]
session_config:
  session_expiration_time: 0
  carry_over_slots_to_new_session: true
"""
_RULES = """
version: "3.1"
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
- rule: open
  steps: [{intent: buy}, {action: shirt_form}, {active_loop: shirt_form}]
- rule: close
  condition: [{active_loop: shirt_form}]
  steps: [{action: shirt_form}, {active_loop: null}, {action: utter_bought}]
"""
#: All in one process: to load TensorFlow takes longer than to train.
_TRAIN = """
import sys
from rasa.api import train
for name in sys.argv[1:]:
    train(f"{name}.yml", "config.yml", ["data"], output="trained", fixed_model_name=name)
"""
PER_SECOND = 20


def train(folder: Path, names: tuple[str, ...]) -> dict[str, Path]:
    """Return an archive for each name; each greets by its name."""
    (folder / "data").mkdir(parents=True)
    for name, content in (("config.yml", _CONFIG), ("data/nlu.yml", _NLU), ("data/r.yml", _RULES)):
        (folder / name).write_text(content)
    made = {name: folder / "trained" / f"{name}.tar.gz" for name in names}
    for name in names:
        (folder / f"{name}.yml").write_text(_DOMAIN.replace("NAME", name))
    run([sys.executable, "-c", _TRAIN, *names], folder)
    return made


@dataclass
class Load:
    """Messages that were sent and how long each waited for its answer."""

    url: str
    sent: int = 0
    errors: int = 0
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Send at a steady rate until cancelled, then wait for all answers."""
        tasks: list[asyncio.Task[None]] = []
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=300, trust_env=False, limits=limits) as client:
            began = time.perf_counter()
            try:
                while True:
                    self.sent += 1
                    tasks.append(asyncio.create_task(self._send(client, f"load-{self.sent}")))
                    # By the clock, not by pauses: what waits does not slow down those who come.
                    due = began + self.sent / PER_SECOND
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
            finally:
                await asyncio.gather(*tasks)

    async def _send(self, client: httpx.AsyncClient, sender: str) -> None:
        began = time.perf_counter()
        try:
            answer = await client.post(
                f"{self.url}/webhooks/rest/webhook", json={"sender": sender, "message": "hello"}
            )
            texts = [each["text"] for each in answer.json()]
        except (httpx.HTTPError, ValueError, KeyError):
            self.errors += 1
            return
        self.seconds.append(time.perf_counter() - began)
        if answer.status_code != 200 or len(texts) != 1:
            self.wrong += 1
        else:
            self.answers.append(texts[0])


@asynccontextmanager
async def load(url: str) -> AsyncIterator[Load]:
    """Send messages while the block runs."""
    made = Load(url)
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def say(url: str, sender: str, message: str) -> list[str]:
    """Return what answers a message."""
    async with httpx.AsyncClient(timeout=300, trust_env=False) as client:
        answer = await client.post(
            f"{url}/webhooks/rest/webhook", json={"sender": sender, "message": message}
        )
        return [each["text"] for each in answer.json()]


async def wait_for_answer(url: str, name: str, seconds: float = 600) -> float:
    """Return how long it takes until that model greets."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        if await say(url, f"watch-{time.time()}", "hello") == [name]:
            return time.perf_counter() - began
        await asyncio.sleep(0.2)
    raise RuntimeError(f"the model {name} never answered")


async def ours(
    url: str, models: Path, made: dict[str, Path]
) -> tuple[Load, Load, list[float], bool]:
    """Return (before, during three changes, seconds of each change, whether the form went on)."""
    async with load(url) as before:
        await asyncio.sleep(10)
    others = list(made)[1:]
    assert await say(url, "form", "I want a shirt") == ["size?"]
    taken = []
    async with load(url) as during:
        for name in others:
            await asyncio.to_thread(put_in_service, made[name], models)
            taken.append(await wait_for_answer(url, name))
            if name == others[0]:
                assert await say(url, "form", "large") == ["colour?"]
        await asyncio.sleep(3)
    form = await say(url, "form", "blue") == ["large blue"]
    return before, during, taken, form


@contextmanager
def model_server(serving: dict[str, Path]) -> Iterator[str]:
    """Serve `serving["now"]` as Rasa's `models:` wants it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = serving["now"].read_bytes()
            tag = hashlib.sha256(content).hexdigest()
            same = self.headers.get("If-None-Match") == tag
            self.send_response(304 if same else 200)
            self.send_header("ETag", tag)
            self.send_header("filename", serving["now"].name)
            self.send_header("Content-Length", "0" if same else str(len(content)))
            self.end_headers()
            if not same:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/model"
    finally:
        server.shutdown()


async def peer(url: str, serving: dict[str, Path], made: dict[str, Path]) -> Load:
    """Return the messages during one change by Rasa's own way."""
    await wait_for_answer(url, next(iter(made)))
    async with load(url) as during:
        await asyncio.sleep(1)
        second = list(made)[1]
        serving["now"] = made[second]
        await wait_for_answer(url, second)
        await asyncio.sleep(3)
    return during


def _rasa(folder: Path, endpoints: str, credentials: str) -> tuple[list[str], str]:
    (folder / "endpoints.yml").write_text(endpoints)
    (folder / "credentials.yml").write_text(credentials)
    port = free_port()
    command = [*RASA, "run", "--port", str(port), "-i", "127.0.0.1"]
    return command, f"http://127.0.0.1:{port}"


def main() -> int:
    """Run the benchmark."""
    options = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = train(folder, ("one", "two", "three", "four"))
        assert len({metadata(path)["model_id"] for path in made.values()}) == len(made)
        put_in_service(made["one"], folder / "models")
        switch = "rest:\nxiaoer.learning.ModelSwitch:\n  seconds: 1\n"
        command, url = _rasa(folder, "", switch)
        with running(command, folder, f"{url}/webhooks/rest/", 900):
            before, during, taken, form = asyncio.run(ours(url, folder / "models", made))
        shutil.rmtree(folder / "models")
        serving = {"now": made["one"]}
        with model_server(serving) as address:
            endpoints = json.dumps({"models": {"url": address, "wait_time_between_pulls": 1}})
            command, url = _rasa(folder, endpoints, "rest:\n")
            with running(command, folder, f"{url}/webhooks/rest/", 900):
                theirs = asyncio.run(peer(url, serving, made))
    lost = during.sent - len(during.seconds) - during.errors
    figures = [
        Figure("messages during 3 changes", float(during.sent), "messages", theirs.sent),
        Figure("lost", float(lost), "messages", target="<= 0"),
        Figure(
            "errors and empty answers",
            float(during.errors + during.wrong),
            "messages",
            float(theirs.errors + theirs.wrong),
            "<= 0",
        ),
        Figure("a form across the changes went on", float(form), "1 is yes", target=">= 1"),
        Figure(
            "slowest answer during the changes",
            max(during.seconds),
            "s",
            max(theirs.seconds),
            "<= 3",
        ),
        Figure("slowest answer without a change", max(before.seconds), "s"),
        Figure(
            "99 % of answers within, during", _quantile(during, 0.99), "s", _quantile(theirs, 0.99)
        ),
        Figure("99 % of answers within, without", _quantile(before, 0.99), "s"),
        Figure("from putting in place to answering", max(taken), "s"),
    ]
    return report("switching", figures, options)


def _quantile(made: Load, share: float) -> float:
    ordered = sorted(made.seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())
