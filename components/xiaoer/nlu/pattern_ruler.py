"""Finds entities by patterns, in text as customers type it."""

from __future__ import annotations

import datetime
import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from xiaoer.nlu.pattern_values import FINDERS, NORMALIZERS, Found
from xiaoer.nlu.spacy_import import import_spacy

#: A pattern with this label finds nothing and keeps others off what it matches.
SHIELD = "-"
MAX_CHARACTERS = 1000
MOST_BESIDE = 3
_PUNCTUATION = " \t\r\n.,;:!?~。，；：！？、…"

#: A row's number among the patterns, and what it found.
_Match = tuple[int, Found]


def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    # spaCy stores its strings as UTF-8, which has no lone surrogates.
    table.update(dict.fromkeys(range(55296, 57344), "�"))
    for code in range(0x80, sys.maxunicode + 1):
        digit = unicodedata.digit(chr(code), None)
        if digit is not None and unicodedata.category(chr(code)) == "Nd":
            table[code] = str(digit)
    table.update(dict.fromkeys(map(ord, "‐‑‒–—−﹣"), "-"))
    table.update(dict.fromkeys(map(ord, "‘’ʼ"), "'"))
    table[0x3000] = table[0xA0] = " "
    return table


#: One character for one character, so that offsets stay those of the original.
_PLAIN = _table()


class PatternRuler:
    """The patterns of an extractor, ready to be looked for; the longest match wins.

    Token patterns and names are found by spaCy's `Matcher` and `PhraseMatcher`, the two that its
    `EntityRuler` is made of. The ruler itself is not used because it counts a match's length in
    tokens and takes any of several equal ones; here the length is in characters, and of equal
    ones the earlier row wins.

    Args:
        rows: Patterns: `label`, one of `pattern`, `regex` and `find`, and as they need it `id`,
            `value`, `whole_message`.

    Raises:
        ValueError: If a pattern is none of spaCy's, or a regular expression is none.
    """

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        spacy = import_spacy()
        from spacy.matcher import Matcher, PhraseMatcher

        from xiaoer.nlu.character_tokenizer import CharacterTokenizer

        vocab = spacy.blank("xx").vocab
        self._rows = rows
        self._tokenize = CharacterTokenizer(vocab)
        self._tokens = Matcher(vocab, validate=False)
        self._names = PhraseMatcher(vocab, attr="LOWER")
        self._matchers = (self._tokens, self._names)
        self._regexes: list[tuple[int, re.Pattern[str]]] = []
        self._finders = [(i, FINDERS[row["find"]]) for i, row in enumerate(rows) if "find" in row]
        self._numbers: dict[int, int] = {}
        for number, row in enumerate(rows):
            key = f"row {number}"
            self._numbers[vocab.strings.add(key)] = number
            self._add(number, row, key)

    def _add(self, number: int, row: dict[str, Any], key: str) -> None:
        if "regex" in row:
            try:
                self._regexes.append((number, re.compile(row["regex"], re.IGNORECASE)))
            except re.error as error:
                raise ValueError(f"{row['regex']!r} is no regular expression: {error}") from error
        elif isinstance(row.get("pattern"), str):
            self._names.add(key, [self._tokenize(row["pattern"].translate(_PLAIN))])
        elif "pattern" in row:
            self._tokens.add(key, [row["pattern"]])

    def find(self, text: str, today: datetime.date) -> list[dict[str, Any]]:
        """Return the entities of `text` in order, without overlaps; offsets are those of `text`.

        Only the first 1,000 characters are looked at. `today` is what relative dates refer to.
        """
        plain = text[:MAX_CHARACTERS].translate(_PLAIN)
        matches = list(self._matches(plain, today))
        alone = [each for each in matches if self._may_stand(each, matches, plain)]
        entities = []
        for number, found in _longest(alone):
            row = self._rows[number]
            if row["label"] == SHIELD or not found.value:
                continue
            start, end = found.start, found.end
            if row.get("value") == "last4":
                start += plain[start:end].index(found.value)
                end = start + len(found.value)
            entity = {
                "entity": row["label"],
                "start": start,
                "end": end,
                "value": found.value,
                "text": text[start:end],
                "confidence_entity": 1.0,
            }
            if found.additional_info:
                entity["additional_info"] = found.additional_info
            entities.append(entity)
        return entities

    def _matches(self, plain: str, today: datetime.date) -> Iterator[_Match]:
        doc = self._tokenize(plain)
        # An empty matcher warns.
        for key, first, last in [hit for each in self._matchers if len(each) for hit in each(doc)]:
            span = doc[first:last]
            if span.text:
                yield self._value(self._numbers[key], span.start_char, span.end_char, plain, today)
        for number, regex in self._regexes:
            for match in regex.finditer(plain):
                if match.group():
                    yield self._value(number, match.start(), match.end(), plain, today)
        for number, find in self._finders:
            for found in find(plain, today):
                yield number, found

    def _value(self, number: int, start: int, end: int, plain: str, today: datetime.date) -> _Match:
        row, text = self._rows[number], plain[start:end]
        identifier = str(row.get("id", ""))
        name = row.get("value")
        value = NORMALIZERS[name](text, identifier, today) if name else identifier or text
        return number, Found(start, end, value)

    def _may_stand(self, match: _Match, matches: list[_Match], plain: str) -> bool:
        """Whether the message is such as the row's `whole_message` wants it."""
        number, found = match
        wanted = self._rows[number].get("whole_message")
        if not wanted:
            return True
        labels = [] if wanted is True else wanted
        beside = [other for row, other in matches if labels and self._rows[row]["label"] in labels]
        if len(beside) > MOST_BESIDE:
            return False
        for part in (found, *beside):
            plain = plain[: part.start] + " " * (part.end - part.start) + plain[part.end :]
        return not plain.strip(_PUNCTUATION)


def _longest(matches: list[_Match]) -> list[_Match]:
    """Return those that no longer one overlaps, in the order of the text."""
    taken = bytearray(MAX_CHARACTERS)
    chosen = []
    for number, found in sorted(
        matches, key=lambda one: (one[1].start - one[1].end, one[1].start, one[0])
    ):
        # What is longer is taken already: a shorter one overlaps it by an end or not at all.
        if not (taken[found.start] or taken[found.end - 1]):
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
            chosen.append((number, found))
    return sorted(chosen, key=lambda one: one[1].start)
