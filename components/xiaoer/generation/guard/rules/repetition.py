"""Repetition: loops, broken ends and wrong lengths, by which a language model fails."""

import re
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.reading import read, read_all
from xiaoer.generation.guard.rule import Rule

# 免费免费免费, 哈哈哈哈; four characters and more twice
_LOOPS = (
    re.compile(r"([㐀-鿿])\1{2,}"),
    re.compile(r"([㐀-鿿]{2,3}[，、,！!~ ]?)\1{2,}"),
    re.compile(r"([㐀-鿿]{4,20})[，、,！!~ ]?\1"),
    re.compile(r"((?:[㐀-鿿]{2,20}[，、,]){2,4})\1"),
    re.compile(r"\b([A-Za-z]+)(?:[ ,!.-]+\1\b){2,}", re.IGNORECASE),
    re.compile(r"\b([A-Za-z]+ [A-Za-z]+)(?:[ ,!.-]+\1\b){2,}", re.IGNORECASE),
    re.compile(r"\b([A-Za-z]+(?:[ ,]+[A-Za-z]+){2,9})(?:[ ,!.-]+\1\b)+", re.IGNORECASE),
    re.compile(r"([!！?？~～。，,、;；:：-])\1{3,}"),
)
_END = re.compile(r"[。！？!?…~～.][\"')」』）]*\s*$")
_BROKEN = re.compile(r"[，、：；,:;(（—–-]\s*[。.]?\s*$")
_PAIRS = (("(", ")"), ("「", "」"), ("《", "》"), ("【", "】"))
_WIDE, _NARROW = 12, 5


class Repetition(Rule):
    """No sentence twice, no loops, no unfinished end, neither too short nor too long.

    Args:
        shortest: The fewest characters.
        longest: The most characters.
    """

    name: ClassVar[str] = "repetition"

    def __init__(self, shortest: int = 2, longest: int = 400) -> None:
        self._shortest, self._longest = shortest, longest

    def objection(self, draft: Draft) -> str | None:
        """Return what is said again, or the end that is none."""
        text = draft.reply.strip()
        if not self._shortest <= len(text) <= self._longest:
            return f"{len(text)} characters"
        reply = read(draft.reply)
        keys = [sentence.key for sentence in reply.sentences]
        for number, sentence in enumerate(reply.sentences):
            if sentence.key in keys[:number] and len(sentence.key) > 3:
                return sentence.text
        for loop in _LOOPS:
            if match := loop.search(reply.text):
                return match.group()
        if again := _said_thrice(keys):
            return again
        return self._broken_end(draft)

    def _broken_end(self, draft: Draft) -> str | None:
        reply = read(draft.reply)
        if not reply.sentences:
            return draft.reply.strip()
        last = reply.sentences[-1]
        for opening, closing in _PAIRS:
            if reply.text.count(opening) != reply.text.count(closing):
                return opening
        # A line of a list ends without a stop in the evidence too.
        quoted = any(last.key in each.keys for each in read_all(draft.evidence))
        if _BROKEN.search(reply.text) or not (quoted or _END.search(reply.text)):
            return last.text[-20:]
        return None


def _said_thrice(keys: list[str]) -> str | None:
    """Return a long piece that stands in three sentences or more."""
    counts: dict[str, int] = {}
    for key in keys:
        width = _WIDE if re.search("[㐀-鿿]", key) else 3 * _WIDE
        for piece in {key[start : start + width] for start in range(len(key) - width + 1)}:
            counts[piece] = counts.get(piece, 0) + 1
            if counts[piece] > 2:
                return piece
    return None
