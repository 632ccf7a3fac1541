"""Order numbers and phone digits as customers write them."""

import re
import unicodedata

_NUMBER = re.compile(r"(?<![0-9A-Z])(?:XD)?(20\d{10})(?!\d)")
_ALMOST = re.compile(r"(?<![A-Z])X[DO0]\w*\d|(?<![A-Z])D\d{6,}|(?<!\d)\d{7,}", re.ASCII)
_ALONE = re.compile(r"(?<![\w¥$.,])\d{4}(?![\w%.,]\w|\w)")
_YEAR = re.compile(r"20[12]\d")
_FOUR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_JOINERS = re.compile(r"(?<=[0-9XD])[\s\-_–—.·]+(?=[0-9D])")
_MOST = 500


def read_order_number(text: object) -> str | None:
    """Return the one order number in `text` as `XD` and 12 digits, `None` when there is none.

    Takes full-width characters, small letters, spaces and dashes within, and a missing `XD`.
    """
    plain = _plain(text)
    for written in (plain, _JOINERS.sub("", plain)):
        found = set(_NUMBER.findall(written))
        if found:
            return f"XD{found.pop()}" if len(found) == 1 else None
    return None


def looks_like_order_number(text: object) -> bool:
    """Whether `text` is meant as an order number, right or almost right."""
    return bool(_ALMOST.search(_JOINERS.sub("", _plain(text))))


def read_last4(text: object) -> str | None:
    """Return the four digits in `text`, or the last four of a whole mobile number."""
    plain = _plain(text)
    phones = _PHONE.findall(_JOINERS.sub("", plain))
    if len(phones) == 1:
        return phones[0][-4:]
    found = _FOUR.findall(plain)
    return found[0] if len(found) == 1 else None


def last4_beside(text: object) -> str | None:
    """Return the one group of four digits that stands beside an order number, else `None`.

    What may be a year counts only when nothing else is said.
    """
    rest, numbers = _NUMBER.subn(" ", _plain(text))
    groups = _ALONE.findall(rest)
    if numbers != 1 or len(groups) != 1:
        return None
    bare = re.sub(r"[\W_]", "", rest) == groups[0]
    return groups[0] if bare or not _YEAR.fullmatch(groups[0]) else None


def _plain(text: object) -> str:
    return unicodedata.normalize("NFKC", str(text or ""))[:_MOST].upper()
