"""The names and words that transcripts of customer service use, from `words.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True)
class Words:
    """What `words.yml` says.

    Attributes:
        columns: The usual names of each column.
        roles: The kind (customer, agent, system) by the value of the role column.
        greetings: Words that ask nothing.
        chinese_greetings: Matches a text made of Chinese greetings alone.
        system_line: Matches a line that a chat system wrote.
        quote: Finds where a quoted earlier message begins.
        stop_words: Words without a topic.
        stop_characters: Chinese characters without a topic.
    """

    columns: dict[str, tuple[str, ...]]
    roles: dict[str, str]
    greetings: frozenset[str]
    chinese_greetings: re.Pattern[str]
    system_line: re.Pattern[str]
    quote: re.Pattern[str]
    stop_words: frozenset[str]
    stop_characters: frozenset[str]


def folded(name: str) -> str:
    """Return a name of a column or role as it is compared."""
    return re.sub(r"[\s_\-]", "", name).lower()


@cache
def words() -> Words:
    """Return what the file says; read once."""
    text = resources.read_text("xiaoer.learning.logs", "words.yml", encoding="utf-8")
    content = yaml.safe_load(text)
    greetings = content["greetings"].split()
    chinese = sorted((each for each in greetings if not each.isascii()), key=len, reverse=True)
    return Words(
        {column: tuple(names) for column, names in content["columns"].items()},
        {value: kind for kind, values in content["roles"].items() for value in values},
        frozenset(each for each in greetings if each.isascii()),
        re.compile(f"(?:{'|'.join(map(re.escape, chinese))})+"),
        re.compile("|".join(f"(?:{each})" for each in content["system_lines"]), re.IGNORECASE),
        re.compile(
            "|".join(f"(?:{each})" for each in content["quotes"]), re.IGNORECASE | re.MULTILINE
        ),
        frozenset(content["stop_words"].split()),
        frozenset(content["stop_characters"]),
    )
