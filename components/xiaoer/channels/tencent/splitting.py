"""Fitting text into messages that the platforms measure in bytes of UTF-8."""

from __future__ import annotations

from collections.abc import Iterable

import regex

#: Bytes of UTF-8 that one text message may have.
TEXT_BYTES = 2048

_PARAGRAPH = "\n\n"
# Where to cut, best first: a paragraph's end, a line's, a sentence's, a clause's, a word's.
_PLACES = [
    regex.compile(r"\n\s*\n"),
    regex.compile(r"\n"),
    regex.compile(r"[。！？!?…]+[”’」』\"'）)]*|\.(?=\s)|；"),
    regex.compile(r"[，、；：,;:]"),
    regex.compile(r"\s+"),
]
_GRAPHEME = regex.compile(r"\X")


def split_text(text: str, limit: int = TEXT_BYTES) -> list[str]:
    """Return the text in pieces of at most `limit` bytes of UTF-8.

    It is cut at the ends of paragraphs, lines, sentences, clauses or words, else between
    graphemes; a grapheme that is longer than `limit` is cut between characters. Blanks at a cut
    go, nothing else.

    Args:
        text: Any text; lone surrogates in it are replaced.
        limit: At least 4, the most bytes that a character has.
    """
    rest = text.encode("utf-8", "replace").decode().strip()
    pieces = []
    while len(rest.encode()) > limit:
        end = _cut(rest, limit)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in (*pieces, rest) if piece]


def merge_texts(texts: Iterable[str], limit: int = TEXT_BYTES) -> list[str]:
    """Return texts joined by blank lines into as few messages of `limit` bytes as they fit in."""
    merged: list[str] = []
    for text in texts:
        if merged and len(f"{merged[-1]}{_PARAGRAPH}{text}".encode()) <= limit:
            merged[-1] += _PARAGRAPH + text
        else:
            merged += split_text(text, limit)
    return merged


def shorten(text: str, limit: int) -> str:
    """Return a text cut to `limit` bytes, with an ellipsis where something was cut off."""
    if len(text.encode()) <= limit:
        return text
    head = text.encode()[: limit - len("…".encode())].decode(errors="ignore")
    return head[: _whole(text, len(head))].rstrip() + "…"


def _cut(text: str, limit: int) -> int:
    """Return the number of characters to take from the front."""
    # As many characters as fit; an incomplete one at the end is dropped.
    head = text.encode()[:limit].decode(errors="ignore")
    for place in _PLACES:
        ends = [found.end() for found in place.finditer(head)]
        # A cut in the first half would make too many messages.
        if ends and ends[-1] > len(head) // 2:
            return ends[-1]
    return _whole(text, len(head))


def _whole(text: str, fitting: int) -> int:
    """Return how many of the characters that fit make whole graphemes."""
    end = 0
    # The last grapheme may go on beyond what fits: it is measured in the text.
    for found in _GRAPHEME.finditer(text):
        if found.end() > fitting:
            break
        end = found.end()
    return end or fitting
