"""A small data set in the form of SNIPS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

CITIES = ["paris", "rome", "oslo", "new york", "lima", "cairo"]
_LINES = {
    "Weather": [("will it rain in {}", "O O O O"), ("weather for {}", "O O")],
    "Restaurant": [("book a table in {}", "O O O O"), ("reserve dinner at {}", "O O O")],
}


def snips(folder: Path, trained: Sequence[str], tested: Sequence[str]) -> None:
    """Write its files: four sentences about each city, those of other cities to be tested."""
    for part, cities in (("train", trained), ("test", tested)):
        rows = [
            (text.format(city), f"{tags} B-city{' I-city' * city.count(' ')}", intent)
            for intent, patterns in _LINES.items()
            for text, tags in patterns
            for city in cities
        ]
        (folder / part).mkdir(parents=True)
        for name, column in zip(
            ("seq.in", "seq.out", "label"), zip(*rows, strict=True), strict=True
        ):
            (folder / part / name).write_text("\n".join(column) + "\n", encoding="utf-8")
