"""Units that stand after a numeral and currency signs that stand before it."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from xiaoer.generation.guard.lexicons import compile_any, lexicon

_FILE = "units.yml"


@dataclass(frozen=True)
class Unit:
    """What a number counts, and how many of the kind's base unit one of it is."""

    kind: str
    times: float


class Units:
    """The units and currencies of ``units.yml``."""

    def __init__(self) -> None:
        content = lexicon(_FILE)
        entries: list[dict[str, Any]] = [*content["units"], *content["money"]]
        self._after = [(_spelt(entry["spellings"], "{}"), _unit(entry)) for entry in entries]
        self._before = [
            (_spelt(entry["prefixes"], "(?<![A-Za-z]){} ?$"), _unit(entry))
            for entry in entries
            if "prefixes" in entry
        ]

    def after(self, text: str, position: int) -> tuple[Unit, int] | None:
        """Return the unit that begins at `position`, and where it ends; the longest one."""
        joint = _JOINT.match(text, position)
        start = joint.end() if joint else position
        found = [
            (match.end(), unit)
            for pattern, unit in self._after
            if (match := pattern.match(text, start)) and match.end() > start
        ]
        if not found:
            return None
        end, unit = max(found, key=lambda each: each[0])
        return unit, end

    def before(self, text: str, position: int) -> tuple[Unit, int] | None:
        """Return the currency whose sign ends at `position`, and where it begins."""
        for pattern, unit in self._before:
            if match := pattern.search(text, max(0, position - 5), position):
                return unit, match.start()
        return None


@cache
def units() -> Units:
    """Return the units, read once."""
    return Units()


# 24 hours, two-year; 300多元
_JOINT = re.compile("[ -]|(?:多|余|来) ?")


def _unit(entry: dict[str, Any]) -> Unit:
    return Unit(str(entry["kind"] or ""), float(entry["times"]))


def _spelt(spellings: list[str], form: str) -> re.Pattern[str]:
    compile_any(spellings, _FILE)
    return re.compile("|".join(form.format(_spelling(str(each))) for each in spellings))


def _spelling(spelling: str) -> str:
    latin = re.sub(r"\(\?[!=][^)]*\)|\\.", "", spelling)
    letters = len(re.findall("[A-Za-z]", latin))
    if not letters:
        return spelling
    # m is metres and M is not: only words are read whatever their case.
    return f"(?i:{spelling})(?![A-Za-z])" if letters > 2 else f"{spelling}(?![A-Za-z])"
