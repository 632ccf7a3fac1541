"""Texts of customers: when two are the same, and which say nothing that could be learned."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from backends.fields import has_control

#: Longer ones are letters, not messages: nothing like them belongs among NLU examples.
LONGEST = 300
# Tags of `xiaoer.text.personal_data` and of the insights, such as [phone]; [text](entity) is none.
_MASKED = re.compile(r"\[[a-z][a-z -]{2,30}\](?![({])")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_GAP_IN_CHINESE = re.compile("(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])")


def normalised(text: str) -> str:
    """Return what two ways to type the same have in common: no case, width, punctuation, emoji."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(
        each if unicodedata.category(each)[0] in "LNM" and each != "\ufe0f" else " "
        for each in folded
    )
    return _GAP_IN_CHINESE.sub("", " ".join(kept.split()))


def key_of(text: str) -> str:
    """Return the digest by which the same messages are found."""
    return hashlib.sha256(normalised(text).encode("utf-8", "replace")).hexdigest()


def language_of(text: str, told: str | None = None) -> str:
    """Return zh or en: what was told, else by whether there is a Chinese character."""
    return told if told in ("zh", "en") else "zh" if _CHINESE.search(text) else "en"


def clean(text: str) -> str:
    """Return it in one line, without what cannot be stored or written into a file."""
    return " ".join("".join(" " if has_control(each) else each for each in text).split())


def says_nothing(text: str) -> str | None:
    """Return why a text is not worth a question to a person, one of `models.LEFT_OUT`, or None."""
    text = text.strip()
    if not text:
        return "empty"
    if text.startswith("/"):
        return "button"
    if not normalised(_MASKED.sub("", text)):
        return "emoji"
    return "long" if len(text) > LONGEST else None


def is_masked(text: str) -> bool:
    """Whether personal data were taken out: such a text is no example of what people write."""
    return bool(_MASKED.search(text))
