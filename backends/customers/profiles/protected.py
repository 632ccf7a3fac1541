"""Words that mark a message as one that a profile must not be made of."""

from __future__ import annotations

import re

from pydantic import Field

from backends.fields import text
from backends.http import Inbound

_Word = text(max_length=40)


class ProtectedWords(Inbound):
    """Words of health, religion, politics, ethnicity, family and the like, by language.

    A message with one of them is not read: its vector would carry what no feature may say.
    """

    zh: list[_Word] = Field([])  # type: ignore[valid-type]
    en: list[_Word] = Field([])  # type: ignore[valid-type]

    def found(self, said: str) -> bool:
        """Whether a text has one, in whatever language it is; English words whole, in any case."""
        if any(word in said for word in self.zh):
            return True
        if not self.en:
            return False
        words = "|".join(re.escape(word) for word in self.en)
        return re.search(rf"\b(?:{words})s?\b", said, re.IGNORECASE) is not None
