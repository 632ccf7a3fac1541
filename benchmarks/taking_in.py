"""How fast events of Rasa become masked conversations, on SQLite.

`python -m benchmarks.taking_in --out FILE`: events as Rasa writes them (some 8 for each message,
with the ranking of 60 intents) go from the broker's file into an empty shop's database.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backends import logs
from backends.db import Database
from backends.insights.events.sources import open_source
from backends.insights.events.taking_in import Counts, take_in_batch
from backends.migrations.run import upgrade
from backends.settings import Settings
from benchmarks.harness import Figure, parser, report
from xiaoer.brokers import EventFile

_MESSAGES = 8
_SAID = "我叫王建国，想买一个耳机，预算500，电话13812345678，寄到杭州市西湖区文三路90号"
_ANSWER = "为您找到这些耳机：\n1. 声阔 降噪耳机 ¥499\n2. 漫步者 头戴耳机 ¥329"
_RANKING = [{"name": f"intent_{number}", "confidence": 0.01} for number in range(60)]


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--conversations", type=int, default=600, help="of 8 messages each")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts, publishing, seconds, cpu = asyncio.run(_measure(Path(folder), chosen.conversations))
    speed = counts.read / seconds
    figures = [
        Figure("events", counts.read, "events"),
        Figure("turns made of them", counts.taken_in, "turns"),
        Figure("broker: a message's events", 1000 * publishing, "ms", target="<= 2"),
        Figure("taking in", speed, "events/s", target=">= 2000"),
        Figure("taking in, by processor time", counts.read / cpu, "events/s"),
    ]
    return report("taking in", figures, chosen)


async def _measure(folder: Path, conversations: int) -> tuple[Counts, float, float, float]:
    """Return counts, seconds of publishing a message's events, seconds and processor seconds."""
    broker = EventFile(folder / "events.db", queue_size=10_000_000)
    start = time.perf_counter()
    for number in range(conversations):
        for event in _conversation(f"sender-{number}", time.time() - 80_000 + number):
            broker.publish(event)
    publishing = (time.perf_counter() - start) / (conversations * _MESSAGES)
    await broker.close()
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'shop.db'}")
    logs.configure(settings)
    await upgrade(settings)
    database, source = Database(settings.database_url), open_source(f"sqlite:///{broker.path}")
    assert source is not None
    total = Counts()
    start, cpu = time.perf_counter(), time.process_time()
    while (counts := await take_in_batch(database, source, 0)).read:
        total.add(counts)
    taken = time.perf_counter() - start, time.process_time() - cpu
    await source.close()
    await database.close()
    return total, publishing, *taken


def _conversation(sender: str, at: float) -> Iterator[dict[str, Any]]:
    def event(kind: str, seconds: float, **more: Any) -> dict[str, Any]:
        nonlocal at
        at += seconds
        known = {"sender_id": sender, "event": kind, "timestamp": at}
        return {**known, "metadata": {"model_id": "m", "assistant_id": "a"}, **more}

    yield event("action", 0, name="action_session_start")
    yield event("session_started", 0.001)
    yield event("action", 0.001, name="action_listen")
    for number in range(_MESSAGES):
        parsed = {
            "intent": {"name": "search_product", "confidence": 0.93},
            "intent_ranking": _RANKING,
            "entities": [{"entity": "category", "value": "headphones", "start": 9, "end": 11}],
            "sentiment": {"label": "neutral", "confidence": 0.8},
            "language": {"code": "zh", "confidence": 1.0},
            "text": _SAID,
        }
        own = {"message_id": f"{sender}-{number}", "input_channel": "rest"}
        yield event("user", 20, text=_SAID, parse_data=parsed, **own)
        yield event("user_featurization", 0.001, use_text_for_featurization=False)
        yield event("slot", 0.001, name="category", value="headphones")
        yield event("action", 0.1, name="action_search_products")
        yield event("bot", 0.001, text=_ANSWER, data={})
        yield event("slot", 0.001, name="shown_products", value=["a", "b"])
        yield event("slot", 0.001, name="search_outcome", value="found")
        yield event("action", 0.001, name="action_listen")


if __name__ == "__main__":
    sys.exit(main())
