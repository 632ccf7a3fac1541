"""What the channel itself says, from its asset and the credentials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]

_FILE = Path(__file__).with_name("assets") / "texts.yml"
_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")


class Texts:
    """The channel's own texts, by name and language.

    Args:
        overrides: Texts of the credentials: by name, one text for all languages or a text for
            each; `go_on_words` is a list.
        default: The language where a message shows none.

    Raises:
        ValueError: An override has an unknown name or another form.
    """

    def __init__(self, overrides: Mapping[str, Any], default: Language) -> None:
        texts: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
        words = overrides.get("go_on_words", texts.pop("go_on_words"))
        if not isinstance(words, list):
            raise ValueError("The text 'go_on_words' should be a list of words.")
        for name, value in overrides.items():
            if name == "go_on_words":
                continue
            if name not in texts:
                raise ValueError(f"There is no text '{name}'; there are {', '.join(texts)}.")
            given = {"zh": value, "en": value} if isinstance(value, str) else value
            if not isinstance(given, dict) or not all(
                language in ("zh", "en") and isinstance(text, str)
                for language, text in given.items()
            ):
                raise ValueError(f"The text '{name}' should be a text, or one for zh and for en.")
            texts[name] = {**texts[name], **given}
        self._texts = texts
        self._words = {_bare(str(word)) for word in words}
        self._default: Language = default

    def get(self, name: str, language: Language, **values: str) -> str:
        """Return a text with its placeholders filled."""
        text: str = self._texts[name][language]
        for key, value in values.items():
            text = text.replace("{" + key + "}", value)
        return text

    def language_of(self, said: str) -> Language:
        """Return the language that goes with what was said."""
        if _CHINESE.search(said):
            return "zh"
        return "en" if _LATIN.search(said) else self._default

    def means_go_on(self, said: str) -> bool:
        """Whether a reply says nothing of its own: one of the words, or no letter at all."""
        bare = _bare(said)
        return not any(c.isalpha() for c in bare) or bare in self._words


def _bare(text: str) -> str:
    """Return the text without case, width, punctuation and blanks at its ends."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"^[\W_]+|[\W_]+$", "", folded)
