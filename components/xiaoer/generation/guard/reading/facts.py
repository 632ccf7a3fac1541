"""All facts of a text; each digit in it belongs to one."""

import re
from collections.abc import Iterable, Iterator

from xiaoer.generation.guard.reading.clock import find_times
from xiaoer.generation.guard.reading.codes import find_codes, find_names
from xiaoer.generation.guard.reading.dates import find_dates
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.quantities import find_quantities

# "1." at the beginning of a line numbers it.
_MARKER = re.compile(
    r"^[ \t]*(?:(?:[1-9]|1[0-9]|20)(?:[.)、](?![0-9]))|[-–•·*](?=\s))[ \t]*", re.MULTILINE
)
_BLANK = "\ufffc"


def find_facts(text: str) -> list[Fact]:
    """Return the facts of the normalised `text` in order; two overlap only if written as one.

    What names something comes before what counts: in XD202610050012 there is no date and no number.
    """
    rest = _MARKER.sub(lambda match: " " * len(match.group()), text)
    facts: list[Fact] = []
    for finder in (find_codes, find_dates, find_times, find_names, find_quantities):
        found = list(_apart(finder(rest), text))
        facts += found
        for fact in found:
            rest = rest[: fact.start] + _BLANK * (fact.end - fact.start) + rest[fact.end :]
    return sorted(facts, key=lambda fact: (fact.start, fact.end))


def _apart(found: Iterable[Fact], text: str) -> Iterator[Fact]:
    """Leave out what overlaps with one before it; the ends of a range have one span."""
    taken: list[Fact] = []
    for fact in found:
        if fact not in taken and all(
            fact.end <= other.start
            or other.end <= fact.start
            or (fact.start, fact.end, fact.kind) == (other.start, other.end, other.kind)
            for other in taken
        ):
            taken.append(fact)
            yield Fact(fact.kind, fact.value, fact.start, fact.end, text[fact.start : fact.end])
