"""An invented shop's two years: conversations, what was said in them, feedback, tickets, orders."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from typing import Any

import numpy as np

DAYS = 730
CHANNELS = ("wechat", "wecom", "wecom_kf", "slack", "web", "rest")
_CHANNEL_BOUNDS = (0.42, 0.5, 0.7, 0.75, 0.95)
MODELS = tuple(f"20{year}-model-{half}" for year in (25, 26) for half in (1, 2))
SEGMENTS = ("bargain", "premium", "lapsed", "valued", "undecided", "gadgets", "runners", "new")
_INTENTS = (
    "greet", "goodbye", "track_order", "cancel_order", "return_goods", "exchange_goods", "refund",
    "invoice", "product_search", "product_price", "product_stock", "recommend", "compare",
    "promotion", "shipping_fee", "delivery_time", "change_address", "complaint", "call_back",
    "human", "thanks", "affirm", "deny", "opening_hours", "payment", "warranty", "sizes", "gift",
    "account", "out_of_scope",
)  # fmt: skip
_SAID = (
    "我的订单到哪了",
    "有没有便宜一点的",
    "怎么退货",
    "where is my order",
    "do you have it in red",
)
_ANSWERED = ("您的订单已经发出。", "有的，这款现在有货。", "Your order is on its way.")
#: Chinese hours in which people write, from midnight.
_HOURS = (2, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 9, 7, 7, 7, 7, 7, 7, 9, 10, 10, 7, 4)
_SHOP_TIME = timezone(timedelta(hours=8))
_AT_ONCE = 20_000
#: A session's start, and 3.1 messages with an answer each.
_EVENTS_EACH = 1 + 2 * 3.1


@dataclass(frozen=True)
class Batch:
    """Some conversations with all said in them, as rows in the order of the columns."""

    conversations: list[tuple[Any, ...]]
    turns: list[tuple[Any, ...]]


CONVERSATION = (
    "id", "channel", "sender", "language", "model", "started_at", "last_at", "first_customer_at",
    "first_answer_ms", "answer_ms", "answers", "customer_turns", "bot_turns", "fallbacks",
    "negative", "neutral", "positive", "intents", "handed_over", "counted",
)  # fmt: skip
TURN = (
    "id", "conversation_id", "key", "at_ms", "author", "text", "intent", "confidence", "sentiment",
    "entities", "action", "is_fallback",
)  # fmt: skip


class MadeUp:
    """Draws it all from a seed.

    Args:
        events: how many events there are: a session's start and each turn are one.
        seed: of all randomness.
        last: the last day.
    """

    def __init__(self, events: int, seed: int, last: date) -> None:
        self._random = np.random.default_rng(seed)
        self._events = events
        self.first = last - timedelta(days=DAYS - 1)
        self.people = max(200, events // 160)
        days = np.arange(DAYS)
        weekly = np.array([1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.25])[days % 7]
        weights = weekly * (1 + days / DAYS)
        self._days = weights / weights.sum()
        self._hours = np.array(_HOURS) / sum(_HOURS)

    def batches(self) -> Iterator[Batch]:
        """Yield about as many events as asked for, in the order of time."""
        begun = np.sort(self._seconds(round(self._events / _EVENTS_EACH), DAYS))
        turn = 0
        for start in range(0, len(begun), _AT_ONCE):
            batch = self._batch(self._as_moments(begun[start : start + _AT_ONCE]), start, turn)
            turn += len(batch.turns)
            yield batch

    def person(self, number: int) -> tuple[str, str]:
        """The channel and the sender id of a person."""
        place = bisect(_CHANNEL_BOUNDS, number * 0.6180339887 % 1)
        return CHANNELS[min(place, len(CHANNELS) - 1)], f"person-{number}"

    def moments(self, count: int, days: int = DAYS) -> list[datetime]:
        """Moments of the last days, as people write."""
        return self._as_moments(self._seconds(count, days))

    def _seconds(self, count: int, days: int) -> Any:
        """(count,) seconds from the first moment of all."""
        weights = self._days[DAYS - days :] / self._days[DAYS - days :].sum()
        day = self._random.choice(days, count, p=weights) + DAYS - days
        hour = self._random.choice(24, count, p=self._hours)
        return 86_400 * day + 3600 * hour + self._random.integers(0, 3600, count)

    def _as_moments(self, seconds: Any) -> list[datetime]:
        begin = datetime.combine(self.first, datetime.min.time(), _SHOP_TIME)
        begin = begin.astimezone(timezone.utc)
        return [begin + timedelta(seconds=each) for each in seconds.tolist()]

    def numbers(self, count: int, below: int) -> list[int]:
        """Numbers of which the small are drawn more often."""
        return (below * self._random.random(count) ** 2).astype(int).tolist()  # type: ignore[no-any-return]

    def shares(self, count: int) -> list[float]:
        """Numbers from 0 to 1."""
        return self._random.random(count).tolist()  # type: ignore[no-any-return]

    def _batch(self, moments: Sequence[datetime], conversation: int, turn: int) -> Batch:
        count = len(moments)
        people = self.numbers(count, self.people)
        sizes = (1 + self._random.poisson(2.1, count)).tolist()
        luck = self._random.random((count, 2)).tolist()
        draws = iter(self._random.random((sum(sizes), 4)).tolist())
        conversations: list[tuple[Any, ...]] = []
        turns: list[tuple[Any, ...]] = []
        for place, begun in enumerate(moments):
            id = conversation + place + 1
            mine = list(islice(draws, sizes[place]))
            rows = _turns(id, begun, turn + len(turns), mine)
            person = self.person(people[place])
            conversations.append(self._conversation(id, person, begun, rows, luck[place]))
            turns += rows
        return Batch(conversations, turns)

    def _conversation(
        self,
        id: int,
        person: tuple[str, str],
        begun: datetime,
        turns: Sequence[tuple[Any, ...]],
        luck: Sequence[float],
    ) -> tuple[Any, ...]:
        mine = turns[::2]
        intents: dict[str, int] = {}
        feelings = {"negative": 0, "neutral": 0, "positive": 0}
        for row in mine:
            intents[row[6]] = intents.get(row[6], 0) + 1
            feelings[row[8]] += 1
        waits = [after[3] - before[3] for before, after in zip(mine, turns[1::2], strict=True)]
        model = MODELS[min(3, (begun.date() - self.first).days * 4 // DAYS)]
        return (
            id, *person, "zh" if luck[0] < 0.82 else "en", model, begun,
            begun + timedelta(milliseconds=turns[-1][3] - turns[0][3]), begun, waits[0],
            sum(waits), len(waits), len(mine), len(waits), sum(row[11] for row in mine),
            feelings["negative"], feelings["neutral"], feelings["positive"], intents,
            luck[1] < 0.06, False,
        )  # fmt: skip


def _turns(
    conversation: int, begun: datetime, before: int, draws: Sequence[Sequence[float]]
) -> list[tuple[Any, ...]]:
    """What was said in a conversation: the customer and the bot in turns."""
    at = int(begun.timestamp() * 1000)
    rows: list[tuple[Any, ...]] = []
    for number, (intent, confidence, feeling, fallback) in enumerate(draws):
        at += 20_000 if number else 0
        sentiment = "negative" if feeling < 0.08 else "positive" if feeling > 0.9 else "neutral"
        id = before + len(rows) + 1
        rows.append(
            (
                id, conversation, f"{id:024x}", at, "customer", _SAID[id % len(_SAID)],
                _INTENTS[int(len(_INTENTS) * intent**2)], round(1 - confidence**3 / 2, 6),
                sentiment, None, None, fallback < 0.06,
            )
        )  # fmt: skip
        id += 1
        at += 300 + int(900 * confidence)
        said = _ANSWERED[id % len(_ANSWERED)]
        rows.append(
            (
                id, conversation, f"{id:024x}", at, "bot", said, None, None, None, None,
                "utter_answer", False,
            )
        )  # fmt: skip
    return rows
