"""What the assistant says, before it becomes messages of WeChat."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from xiaoer.channels.tencent.splitting import TEXT_BYTES, merge_texts


@dataclass(frozen=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True)
class Image:
    """A picture; `media_id` once it has been uploaded."""

    url: str
    media_id: str | None = None


@dataclass(frozen=True)
class Card:
    """A product card."""

    title: str
    description: str = ""
    url: str = ""
    image: str = ""


@dataclass(frozen=True)
class Choices:
    """Choices to pick one from: their titles, numbered from `first`, under a text.

    `group` tells them from earlier choices; `hint` stands below.
    """

    text: str
    titles: tuple[str, ...]
    first: int
    group: str
    hint: str

    def as_text(self) -> str:
        """Return the choices as numbered lines."""
        lines = [f"{number}. {title}" for number, title in enumerate(self.titles, self.first)]
        return "\n".join(line for line in (self.text, *lines, self.hint) if line)


Part = Text | Image | Card | Choices

_KINDS = {"text": Text, "image": Image, "card": Card, "choices": Choices}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_json(parts: list[Part]) -> str:
    """Return the parts as JSON."""
    return json.dumps([[_NAMES[type(part)], asdict(part)] for part in parts], ensure_ascii=False)


def from_json(text: str) -> list[Part]:
    """Return the parts that `to_json` wrote."""
    parts: list[Part] = []
    for name, values in json.loads(text):
        if name == "choices":
            values["titles"] = tuple(values["titles"])
        parts.append(_KINDS[name](**values))
    return parts


def pack(parts: list[Part], menus: bool = False, limit: int = TEXT_BYTES) -> list[Part]:
    """Return the parts in as few messages as they need, each part one message.

    Texts that follow one another become one text as long as they fit; longer ones are split.

    Args:
        parts: What to say.
        menus: Whether choices stay what they are; else they become numbered lines.
        limit: Bytes that a text may have.
    """
    packed: list[Part] = []
    texts: list[str] = []

    def flush() -> None:
        packed.extend(Text(text) for text in merge_texts(texts, limit))
        texts.clear()

    for part in parts:
        if isinstance(part, Text):
            texts.append(part.text)
        elif isinstance(part, Choices) and not menus:
            texts.append(part.as_text())
        else:
            flush()
            packed.append(part)
    flush()
    return packed
