"""What the channels themselves say, from their asset and the credentials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("zh", "en")

_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_WORDS = "go_on_words"


class Texts:
    """The channels' own texts, by name and language.

    Args:
        given: Texts of the credentials by name: one for all languages, or `{zh: …, en: …}`;
            `go_on_words` is a list.
        language: The language where a message shows none.

    Raises:
        ValueError: A text has an unknown name or another form.
    """

    def __init__(self, given: Mapping[str, Any] | None = None, language: str = "zh") -> None:
        asset = resources.files("xiaoer.channels.wecom").joinpath("assets/texts.yml")
        self._texts: dict[str, Any] = yaml.safe_load(asset.read_text("utf-8"))
        self._language = language
        for name, value in (given or {}).items():
            if name not in self._texts:
                raise ValueError(f"has no text {name}; it has {', '.join(self._texts)}")
            self._texts[name] = _checked(name, value, self._texts[name])
        self._go_on = {_bare(str(word)) for word in self._texts.pop(_WORDS)}

    def get(self, name: str, beside: str) -> str:
        """Return a text in the language of the words that it goes with."""
        language = self._language
        if _CHINESE.search(beside):
            language = "zh"
        elif _LATIN.search(beside):
            language = "en"
        return str(self._texts[name][language])

    def longest(self, name: str) -> str:
        """Return the text in the language that needs the most bytes."""
        return max(self._texts[name].values(), key=lambda text: len(text.encode()))

    def means_go_on(self, said: str) -> bool:
        """Tell whether a reply says nothing of its own."""
        bare = _bare(said)
        return not any(sign.isalnum() for sign in bare) or bare in self._go_on


def _checked(name: str, value: Any, default: Any) -> Any:
    if name == _WORDS:
        if isinstance(value, list):
            return value
        raise ValueError(f"needs a list of words for the text {name}")
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    fits = isinstance(value, dict) and all(
        language in LANGUAGES and isinstance(text, str) for language, text in value.items()
    )
    if not fits:
        raise ValueError(f"needs a text, or one for zh and one for en, for the text {name}")
    return {**default, **value}


def _bare(text: str) -> str:
    """Return words without case, width and the punctuation and blanks at their ends."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"^[\W_]+|[\W_]+$", "", folded)
