"""Finds entities by spaCy's `EntityRuler`, in text as customers type it."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Any

from xiaoer.nlu.pattern_values import NORMALIZERS
from xiaoer.nlu.spacy_import import import_spacy

#: A pattern with this label finds nothing and keeps others off what it matches.
SHIELD = "-"
MAX_CHARACTERS = 1000
MOST_BESIDE = 3
_PUNCTUATION = " \t\r\n.,;:!?~。，；：！？、…"


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

    Args:
        rows: Patterns: `label`, `pattern`, and as they need it `id`, `value`, `whole_message`.

    Raises:
        ValueError: If a pattern is none of spaCy's.
    """

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        spacy = import_spacy()
        from xiaoer.nlu.character_tokenizer import CharacterTokenizer

        self._nlp = spacy.blank("xx")
        self._nlp.tokenizer = CharacterTokenizer(self._nlp.vocab)
        if rows:
            ruler = self._nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
            ruler.add_patterns([_ruler_pattern(row) for row in rows])

    def find(self, text: str) -> list[dict[str, Any]]:
        """Return the entities of `text` in order, without overlaps; offsets are those of `text`.

        Only the first 1,000 characters are looked at.
        """
        doc = self._nlp(text[:MAX_CHARACTERS].translate(_PLAIN))
        spans = list(doc.ents)
        found = []
        for span in spans:
            name, beside, identifier = json.loads(span.ent_id_)
            if span.label_ == SHIELD or not _alone(doc.text, span, spans, beside):
                continue
            value: str | None = identifier or span.text
            start, end = span.start_char, span.end_char
            if name:
                value = NORMALIZERS[name](span.text, identifier)
            if not value:
                continue
            if name == "last4":
                start += span.text.index(value)
                end = start + len(value)
            found.append(
                {
                    "entity": span.label_,
                    "start": start,
                    "end": end,
                    "value": value,
                    "confidence_entity": 1.0,
                }
            )
        return found


def _alone(text: str, span: Any, spans: list[Any], beside: list[str] | None) -> bool:
    """Whether `text` holds nothing but `span` and those of `spans` with the labels `beside`."""
    if beside is None:
        return True
    if len(spans) > MOST_BESIDE:
        return False
    for part in spans:
        if part is span or part.label_ in beside:
            blank = " " * (part.end_char - part.start_char)
            text = text[: part.start_char] + blank + text[part.end_char :]
    return not text.strip(_PUNCTUATION)


def _ruler_pattern(row: dict[str, Any]) -> dict[str, Any]:
    beside = row.get("whole_message")
    if isinstance(beside, bool):
        beside = [] if beside else None
    # The ruler carries one string for each pattern: what `find` needs travels in it.
    carried = [row.get("value"), beside, str(row.get("id", ""))]
    return {
        "label": row["label"],
        "pattern": row["pattern"],
        "id": json.dumps(carried, ensure_ascii=False),
    }
