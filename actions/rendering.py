"""Texts out of the domain's responses, for what one utterance cannot hold: lists, labels, buttons.

Rasa chooses and fills one response an utterance. A list needs a line for each item, and a button
needs a title; both are responses too, chosen here as Rasa chooses them and handed to the uttered
response as values.
"""

import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"{([^\n{}]+?)}")


class MissingResponse(LookupError):
    """The domain has no response of that name."""


class Responses:
    """The domain's responses as they are said in one conversation.

    Args:
        domain: The domain that the action server was sent.
        slots: The conversation's slots; they choose the variation and fill placeholders.
        channel: The channel's name; a variation for another channel is not taken.
    """

    def __init__(
        self, domain: Mapping[str, Any], slots: Mapping[str, Any], channel: str | None
    ) -> None:
        self._responses: Mapping[str, list[dict[str, Any]]] = domain.get("responses") or {}
        self._slots = slots
        self._channel = channel

    def __contains__(self, name: str) -> bool:
        return name in self._responses

    def text(self, name: str, /, **values: Any) -> str:
        """Return a response's text: the first fitting variation, its placeholders filled.

        Raises:
            MissingResponse: If the domain has none, or none that fits.
        """
        filled = {**self._slots, **values}

        def fill(match: re.Match[str]) -> str:
            return str(filled.get(match.group(1), match.group()))

        return _PLACEHOLDER.sub(fill, self._variation(name).get("text", "")).strip()

    def _variation(self, name: str) -> dict[str, Any]:
        fitting = [
            variation
            for variation in self._responses.get(name, [])
            if variation.get("channel") in (None, self._channel) and self._holds(variation)
        ]
        if not fitting:
            raise MissingResponse(f"The domain has no response '{name}' that fits: add it.")
        # As in Rasa: the channel's own variation first, then a conditional one.
        return min(
            fitting, key=lambda each: (each.get("channel") is None, not each.get("condition"))
        )

    def _holds(self, variation: Mapping[str, Any]) -> bool:
        return all(
            self._slots.get(condition["name"]) == condition["value"]
            for condition in variation.get("condition") or ()
        )
