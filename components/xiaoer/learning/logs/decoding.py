"""In which encoding a file is, judged by parts of it from the beginning to the end."""

from __future__ import annotations

import codecs
from pathlib import Path

from xiaoer.learning.errors import LearningError

_PARTS, _PART = 8, 128 << 10
#: Of the lines that are read, so many may be broken in the encoding that is right all the same.
_BROKEN_SHARE = 0.02
ENCODINGS = ("utf-8", "gb18030")


def encoding_of(path: Path) -> str:
    """Return `utf-8-sig`, `utf-8` or `gb18030`.

    Parts from all over the file are read, since one may begin with megabytes of plain ASCII. Bytes
    that are UTF-8 by chance are rare: of two that fit, UTF-8 it is.

    Raises:
        LearningError: It is neither, or cannot be read.
    """
    lines = _sample(path)
    if lines and lines[0].startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if lines and lines[0].startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise LearningError(f"{path} is in UTF-16: save it as UTF-8 and import it again.")
    if any(b"\0" in line for line in lines[:20]):
        raise LearningError(f"{path} is no text file: give a CSV or JSON Lines file.")
    # Lines in plain ASCII tell nothing.
    telling = [line for line in lines if not line.isascii()]
    broken = {each: sum(not _is(line, each) for line in telling) for each in ENCODINGS}
    if broken["utf-8"] <= _BROKEN_SHARE * len(telling):
        return "utf-8"
    fewest = min(ENCODINGS, key=lambda each: broken[each])
    if broken[fewest] <= max(1, _BROKEN_SHARE * len(lines)):
        return fewest
    raise LearningError(
        f"The encoding of {path} is neither UTF-8 nor GB18030 (GBK): save it as UTF-8 and import "
        "it again."
    )


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _sample(path: Path) -> list[bytes]:
    """Return whole lines from parts all over the file; the first line first."""
    lines: list[bytes] = []
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            for part in range(_PARTS):
                at = max(0, size - _PART) * part // (_PARTS - 1)
                file.seek(at)
                read = file.read(_PART).split(b"\n")
                # The first and last may be cut.
                lines += read[bool(at) : -1] if len(read) > 2 else read
                if size <= _PART:
                    break
    except OSError as error:
        raise LearningError(f"{path} cannot be read ({error.strerror or error}).") from error
    return lines
