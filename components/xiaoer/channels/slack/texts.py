"""What the connector itself says, in the customer's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml
from rasa.shared.exceptions import InvalidConfigException

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Texts:
    """The texts of `assets/texts.yml`, some of them given anew in the credentials.

    Args:
        given: `{language: {name: text}}`.
        default: The language of whom nothing is known.

    Raises:
        InvalidConfigException: A language or a name is unknown, or a text is none.
    """

    def __init__(self, given: Mapping[str, Any] | None = None, default: str = "zh") -> None:
        asset = files("xiaoer.channels.slack") / "assets" / "texts.yml"
        self._texts: dict[str, dict[str, str]] = yaml.safe_load(asset.read_text("utf-8"))
        for language, texts in (given or {}).items():
            known = self._texts.get(language)
            if known is None or not isinstance(texts, Mapping):
                raise InvalidConfigException(
                    f"slack: texts has '{language}': give texts under 'zh' or 'en'."
                )
            for name, text in texts.items():
                if name not in known or not isinstance(text, str):
                    raise InvalidConfigException(
                        f"slack: texts has '{name}': give a text for one of {', '.join(known)}."
                    )
                known[name] = text
        if default not in self._texts:
            raise InvalidConfigException("slack: language must be 'zh' or 'en'.")
        self._default = default

    def say(self, name: str, language: str, /, **values: object) -> str:
        """Return a text with its placeholders filled."""
        text = self._texts[language][name]
        for key, value in values.items():
            text = text.replace("{" + key + "}", str(value))
        return text

    def language_of(self, text: str) -> str:
        """Return the language that a text is in, as far as its writing shows it."""
        if not text or text.startswith("/"):
            return self._default
        return "zh" if _CHINESE.search(text) else "en"

    def language_for(self, locale: str) -> str:
        """Return the language for a locale such as `zh-CN`; another one's speakers read English."""
        if not locale:
            return self._default
        return "zh" if locale.lower().startswith("zh") else "en"
