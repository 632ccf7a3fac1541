"""A running action server to which messages fall back, with a knowledge base behind it."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from actions.rendering import Responses
from benchmarks.answering.knowledge_server import knowledge_server
from benchmarks.answering.questions import Question
from benchmarks.harness import ROOT
from benchmarks.processes import free_port, running

_URLS = tuple(
    f"{name}_URL"
    for name in ("CATALOG", "CUSTOMERS", "KNOWLEDGE", "ORDERS", "RECOMMENDATIONS", "REVIEW")
)
_SECONDS_TO_OPEN = 60.0


@dataclass
class Reply:
    """What came of one message.

    Attributes:
        text: all that the customer reads, but for buttons.
        responses: the names of the responses.
        buttons: their titles.
        milliseconds: from the request to the answer.
        record: the fallback as it was written down for review, None where that took too long.
    """

    text: str
    responses: list[str]
    buttons: list[str]
    milliseconds: float
    record: dict[str, Any] | None


class FallbackServer:
    """Asks the action server as Rasa would, each message in a conversation of its own."""

    def __init__(self, actions: httpx.Client, shop: httpx.Client) -> None:
        self._actions = actions
        self._shop = shop
        self.domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))

    def ask(self, question: Question) -> Reply:
        """Let a message fall back and read what is said, and what is written down."""
        slots = {**dict.fromkeys(self.domain["slots"]), "language": question.language}
        sender = f"bench-{secrets.token_hex(6)}"
        message = {
            "text": question.text,
            "intent": {"name": "nlu_fallback", "confidence": 0.4},
            "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.4}],
            "entities": [],
        }
        event = {"event": "user", "text": question.text, "parse_data": message}
        body = {
            "next_action": "action_fallback_reply",
            "sender_id": sender,
            "tracker": {
                "sender_id": sender,
                "slots": slots,
                "latest_message": message,
                "events": [{**event, "input_channel": "rest", "message_id": sender}],
            },
            "domain": self.domain,
            "version": "3.6.21",
        }
        start = time.perf_counter()
        answer = self._actions.post("/webhook", json=body)
        milliseconds = 1000 * (time.perf_counter() - start)
        answer.raise_for_status()
        said = answer.json()["responses"]
        rendered = Responses(self.domain, slots, "rest")
        slots_set = {each["name"]: each["value"] for each in answer.json()["events"]}
        rows = self._shop.get("/v1/fallbacks", params={"limit": 5}).json()["items"]
        record = [row for row in rows if row["reference"] == slots_set["fallback_reference"]]
        return Reply(
            text="\n".join(
                rendered.text(
                    each["response"],
                    **{name: value for name, value in each.items() if isinstance(value, str)},
                )
                for each in said
            ),
            responses=[each["response"] for each in said],
            buttons=[button["title"] for each in said for button in each["buttons"]],
            milliseconds=milliseconds,
            record=record[0] if record else None,
        )

    def article(self, name: str) -> dict[str, Any]:
        """Return an article of the knowledge base."""
        return self._shop.get(f"/v1/knowledge/articles/{name}").json()

    def wait_for_generator(self) -> None:
        """Wait until a reply has been written.

        Raises:
            RuntimeError: no generator opens.
        """
        end = time.monotonic() + _SECONDS_TO_OPEN
        likely = Question("can I return it, and who pays", "en", "warm-up")
        while time.monotonic() < end:
            record = self.ask(likely).record
            if record and record["generator"]:
                return
            time.sleep(1)
        raise RuntimeError("no generator opens: run `xiaoer train` first.")


@contextmanager
def fallback_server(folder: Path) -> Iterator[FallbackServer]:
    """Run backends and action server, with the generator of the newest model in models/.

    Args:
        folder: where the shop's data and the articles' vectors are kept.
    """
    with knowledge_server(folder / "shop") as shop:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        settings = {
            **dict.fromkeys(_URLS, str(shop.base_url).rstrip("/")),
            "XIAOER_SERVICE_TOKEN": shop.headers["authorization"].removeprefix("Bearer "),
            "XIAOER_STATE_DIR": str(folder / "shop"),
            "SANIC_HOST": "127.0.0.1",
        }
        command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
        with (
            running(command, ROOT, f"{url}/health", **settings),
            httpx.Client(base_url=url, timeout=30, trust_env=False) as actions,
        ):
            server = FallbackServer(actions, shop)
            server.wait_for_generator()
            yield server
