"""A small project with a shop's database: files that an export may change, customers who talk."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

import backends.models  # noqa: F401
from backends.db import Database, now
from backends.feedback.models import Feedback
from backends.insights.events.models import Conversation, Turn
from backends.review.models import Fallback
from tests.backends.conftest import ROOT

NLU = """version: "3.1"

# What customers want done.
nlu:
- intent: order_status
  examples: |
    - where is my order
    - has my parcel left yet
    - 我的订单到哪了
- intent: change_color
  examples: |
    - can I have it in [black](color)
    - 换成[白色](color)的
# The last one.
"""
TALK = """version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello there
      - 你好
"""
DOMAIN = """version: "3.1"
intents:
- order_status
- change_color   # of goods
- greet

entities:
- color
"""


@dataclass
class Project:
    """Files, a database, and the environment that names both."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> Project:
        for name, text in (("orders.yml", NLU), ("talk.yml", TALK)):
            (folder / "nlu").mkdir(exist_ok=True)
            (folder / "nlu" / name).write_text(text, encoding="utf-8")
        (folder / "domain.yml").write_text(DOMAIN, encoding="utf-8")
        (folder / "knowledge").mkdir(exist_ok=True)
        for name in ("contact.yml", "opening_hours.yml"):
            shutil.copy(ROOT / "data" / "knowledge" / name, folder / "knowledge")
        return cls(folder).at(f"sqlite+aiosqlite:///{folder / 'shop.db'}")

    def at(self, url: str) -> Project:
        self.env = {
            "DATABASE_URL": url,
            "XIAOER_NLU_DATA": str(self.folder / "nlu"),
            "XIAOER_DOMAIN": str(self.folder / "domain.yml"),
            "XIAOER_KNOWLEDGE_DATA": str(self.folder / "knowledge"),
            "XIAOER_STATE_DIR": str(self.folder / "state"),
            "XIAOER_REVIEW_SECONDS": "0",
        }
        return self

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def examples(self, intent: str) -> list[str]:
        for path in sorted((self.folder / "nlu").glob("*.yml")):
            for row in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
                if row.get("intent") == intent:
                    return [line[2:] for line in row["examples"].splitlines()]
        return []

    def add(self, *rows: object) -> None:
        async def work() -> None:
            database = Database(self.env["DATABASE_URL"])
            async with database.write() as session:
                for row in rows:
                    session.add(row)
                    await session.flush()
            await database.close()

        asyncio.run(work())

    def fallbacks(self, *questions: str, **changes: Any) -> None:
        self.add(*(fallback(question, **changes) for question in questions))


def fallback(question: str, **changes: Any) -> Fallback:
    values = {
        "reference": f"FB{secrets.token_hex(6).upper()}", "channel": "rest", "sender": "somebody",
        "language": "en" if question.isascii() else "zh", "question": question,
        "outcome": "clarified", "said": "Did you mean one of these?", "passages": [],
        "candidates": [], "milliseconds": 1, "at": now(),
    }  # fmt: skip
    return Fallback(**{**values, **changes})


def talk(number: int, *turns: tuple, sender: str = "web-1", **changes: Any) -> list[object]:
    """A conversation; a turn is (author, text, intent, confidence, entities)."""
    begin = now() - timedelta(minutes=5)
    none = dict.fromkeys(
        ("answer_ms", "answers", "customer_turns", "bot_turns", "fallbacks", "negative",
         "neutral", "positive"), 0,
    )  # fmt: skip
    head = Conversation(
        id=number, channel="web", sender=sender, language="en", model="m", started_at=begin,
        last_at=begin, intents={}, handed_over=False, counted=False, **none,
    )  # fmt: skip
    ms = int(begin.timestamp() * 1000)
    rows = [
        Turn(
            conversation_id=number, key=f"k{number}-{at}", at_ms=ms + at, author=author, text=text,
            intent=intent, confidence=confidence, entities=entities,
            **{"is_fallback": False, **changes},
        )
        for at, (author, text, intent, confidence, entities) in enumerate(turns)
    ]  # fmt: skip
    return [head, *rows]


def rating(sender: str = "web-1", **answers: Any) -> Feedback:
    return Feedback(
        reference=f"F{secrets.randbelow(10**12):012d}", channel="web", sender=sender,
        day=now().date(), asked_at=now(), answered_at=now(), **answers,
    )  # fmt: skip
