"""What is sent to a connector, and what makes it."""

from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote_from_bytes

KINDS = (
    "forged",
    "old",
    "replayed",
    "truncated",
    "oversized",
    "entity bomb",
    "wrong encoding",
)
BIG = 2 * 2**20


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        path: with the query, in the encoding in which it is sent.
        body: its bytes.
        headers: its headers.
        method: its method.
        kind: what is wrong with it, one of `KINDS`; empty when nothing is.
        variant: how exactly.
        mark: a word in its message; where it is seen, the message was handled.
        ambiguous: whether a status of 200 does not tell that it was taken: a repeat is answered as
            the first was, and engine.io takes packets before anybody reads them.
        opening: engine.io packets to send first on a connection of its own, whose id then stands
            for `{sid}` in the path.
    """

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    kind: str = ""
    variant: str = ""
    mark: str = ""
    ambiguous: bool = False
    opening: tuple[str, ...] = ()


Make = Callable[[random.Random, str], Request]


class Attacker(ABC):
    """Makes requests for one channel; each from a seed, so that a run can be repeated."""

    def hostile(self, number: int, seed: int, taken: Sequence[Request]) -> Request:
        """Return a hostile request.

        Args:
            number: kinds and their variants take turns by it.
            seed: of all chances.
            taken: genuine requests that the connector has taken.
        """
        chance = random.Random(f"{seed}:{number}")
        all_makes = {**self.variants(), "replayed": self.replays(taken)}
        kinds = [kind for kind in KINDS if kind in all_makes]
        kind = kinds[number % len(kinds)]
        mark = f"evil{seed % 1000:03}x{number:06}"
        makes = all_makes[kind]
        name = sorted(makes)[number // len(kinds) % len(makes)]
        made = makes[name](chance, mark)
        return replace(made, kind=kind, variant=name, mark=made.mark or mark)

    @abstractmethod
    def genuine(self, mark: str) -> Request:
        """Return a request that the connector has to take."""

    @abstractmethod
    def variants(self) -> dict[str, dict[str, Make]]:
        """Return by kind, all but `replayed`, and by name, what makes a request.

        A kind that the channel does not know is left out.
        """

    def replays(self, taken: Sequence[Request]) -> dict[str, Make]:
        """Return what replays a request that was taken, by name."""
        return {
            "to the last byte": lambda chance, _: replace(chance.choice(taken), ambiguous=True),
        }


def cut(whole: bytes, chance: random.Random) -> bytes:
    """Return the first part of something, at least one byte short and at least one long."""
    return whole[: chance.randrange(1, len(whole))]


def percent(value: bytes) -> str:
    """Return bytes as they stand in a query."""
    return quote_from_bytes(value, safe="")


#: Words that are not ASCII, to be sent in the wrong encoding.
WORDS = "你好,请问什么时候发货"


def nested_lists(size: int) -> bytes:
    """Return JSON of so many bytes that is nothing but depth."""
    return b"[" * (size // 2) + b"]" * (size // 2)


def long_number(digits: int) -> bytes:
    """Return an object with one whole number of so many digits."""
    return b'{"text": ' + b"7" * digits + b"}"


def dumps(value: object) -> bytes:
    """Return JSON as platforms write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
