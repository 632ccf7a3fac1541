"""Sentences and clauses of both languages."""

import re
from collections.abc import Iterator

# A full stop ends a sentence before a blank, unless it belongs to one of these.
_ABBREVIATION = re.compile(
    r"(?<![A-Za-z])(?:mr|mrs|ms|dr|st|vs|approx|incl|excl|max|tel|e\.g|i\.e|a\.m|p\.m)$",
    re.IGNORECASE,
)
_END = re.compile(r"[。！？!?；;…\n]+[\"')」』）”’]*|\.(?=[\s\"')]|$)[\"')]*")
_CLAUSE = re.compile(
    r"[，：:—–]|,(?![0-9]{3})|(?<=\s)-(?=\s)|\b(?:but|however|although|though|whereas|unless|except)\b|\band (?=(?:we|you|it|they|cannot|can'?t|can|do|does|is|are|will|has|have|not|never|no)\b)|(?:但是?|不过|可是|然而|否则|除非)",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?<![0-9])\.|\.(?![0-9])|[^\w.%¥$€£°]+|_")


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence with its end punctuation, blanks at its ends left out."""
    start = 0
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text, start, match.start()):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if re.search(r"\w", piece):
        yield start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def split_clauses(sentence: str) -> list[str]:
    """Return the clauses of a sentence; a word such as "but" begins the next one."""
    bounds = [0]
    for match in _CLAUSE.finditer(sentence):
        bounds.append(match.start())
    pieces = [
        sentence[one:two] for one, two in zip(bounds, [*bounds[1:], len(sentence)], strict=True)
    ]
    return [piece.strip() for piece in pieces if re.search(r"\w", piece)]


def sentence_key(sentence: str) -> str:
    """Return what two ways to punctuate and space one sentence have in common."""
    return _KEY.sub("", sentence).lower()
