"""One way to write characters, so that rules need not know full-width forms."""

import re
import unicodedata

# NFKC would make a full-width comma one of thousands.
_KEPT = "，。；：！？、…"
_PIECES = re.compile(f"([{_KEPT}])")
# ① numbers a line at its beginning, and is a number elsewhere, as NFKC makes it.
_LINE_NUMBER = re.compile(r"^([ \t]*)[①-⑳]", re.MULTILINE)
# Digits of other scripts, which no rule could compare.
_DIGIT = re.compile(r"(?![0-9])\d")
_THOUSANDS = re.compile("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
# Invisible characters that hide a word from a pattern: soft hyphen, zero-width and bidi marks, BOM.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def normalise(text: str) -> str:
    """Return `text` in half-width characters (NFKC) with Chinese punctuation as it was."""
    text = _THOUSANDS.sub(",", _INVISIBLE.sub("", text)).translate(_QUOTES)
    if text.isascii():
        return text
    pieces = _PIECES.split(_LINE_NUMBER.sub(r"\1•", text))
    plain = "".join(
        piece if index % 2 else unicodedata.normalize("NFKC", piece)
        for index, piece in enumerate(pieces)
    )
    return _DIGIT.sub(lambda match: str(unicodedata.decimal(match.group())), plain)


def small(text: str) -> str:
    """Return `text` in small letters, character for character.

    Patterns that are searched in it need not ignore case, which makes them several times slower.
    """
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
