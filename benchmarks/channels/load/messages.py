"""What customers write, when, and how the platform delivers it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

#: The platform waits five seconds for an answer and asks three times.
#: https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
WAIT = 5.0
TRIES = 3
SLOW_SECONDS = 10
#: One customer in five messages, so that none waits for the answer to the one before.
_EACH = 5
_HUNG_UP = (0.02, 1.5)
_NUMBER = re.compile(r"#(\d+)\.")


@dataclass(frozen=True)
class Try:
    """One delivery of a message.

    Attributes:
        seconds: when the platform hangs up, and delivers the next.
        heard: whether an answer reaches the customer; else it is lost on the way back, which the
            server cannot see, and the message is delivered again.
    """

    seconds: float
    heard: bool


@dataclass(frozen=True)
class Message:
    """A customer's message.

    Attributes:
        number: it is in the text, and in every answer to it.
        sender: the customer.
        at: seconds after the start.
        slow: whether its action takes `SLOW_SECONDS`.
        tries: its deliveries; what is left of them is left out once an answer was heard.
    """

    number: int
    sender: str
    at: float
    slow: bool
    tries: tuple[Try, ...]

    @property
    def text(self) -> str:
        """What the customer writes."""
        return f"{f'slow {SLOW_SECONDS}' if self.slow else 'quick'} #{self.number}."


def numbers_in(text: str) -> list[int]:
    """Return the numbers of the messages that a text answers."""
    return [int(number) for number in _NUMBER.findall(text)]


def plan(count: int, rate: float, seed: int, courses: Sequence[str]) -> list[Message]:
    """Return messages of customers who write all the time.

    Args:
        count: how many.
        rate: messages a second.
        seed: of all chances.
        courses: what the platform does, a name of `COURSES` dealt to each message in turn.
    """
    chance = random.Random(seed)
    senders = max(1, count // _EACH)
    names = [f"o{chance.getrandbits(104):026x}" for _ in range(senders)]
    slow = set(chance.sample(range(count), count // 10))
    return [
        Message(
            number,
            names[number % senders],
            number / rate,
            number in slow,
            COURSES[courses[number % len(courses)]](chance),
        )
        for number in range(count)
    ]


def _documented(_: random.Random) -> tuple[Try, ...]:
    return (Try(WAIT, heard=True),) * TRIES


def _lost(_: random.Random) -> tuple[Try, ...]:
    return (*((Try(WAIT, heard=False),) * (TRIES - 1)), Try(WAIT, heard=True))


def _hung_up(chance: random.Random) -> tuple[Try, ...]:
    early = tuple(Try(chance.uniform(*_HUNG_UP), heard=False) for _ in range(TRIES - 1))
    return (*early, Try(WAIT, heard=True))


#: How the platform delivers a message: again after five seconds without an answer; three times,
#: the first two answers lost on the way; three times, hanging up while an answer is under way.
COURSES = {"documented": _documented, "lost": _lost, "hung up": _hung_up}
