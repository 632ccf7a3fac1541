"""Which messages an answer becomes, and how many of them can go now."""

from __future__ import annotations

from xiaoer.channels.tencent.splitting import TEXT_BYTES
from xiaoer.channels.wechat.customer_service import fits_menu
from xiaoer.channels.wechat.parts import Card, Choices, Image, Part, Text, pack
from xiaoer.channels.wechat.texts import Language, Texts


def plan(
    parts: list[Part], slots: int, menus: bool, texts: Texts, language: Language
) -> tuple[list[Part], list[Part]]:
    """Return the messages to send now, and the parts to keep.

    When not all can go, pictures and cards become texts, for texts merge; and the last message
    that goes says that there is more.

    Args:
        parts: The answer.
        slots: How many messages may be sent.
        menus: Whether choices may be menu messages.
        texts: The channel's own texts.
        language: The language of these.
    """
    small = [
        Text(part.as_text()) if isinstance(part, Choices) and not fits_menu(part) else part
        for part in parts
    ]
    messages = pack(small, menus)
    if len(messages) <= slots:
        return messages, []
    more = "\n" + texts.get("more", language)
    words = [_as_text(part, texts, language) for part in parts]
    messages = pack(words, limit=TEXT_BYTES - len(more.encode()))
    if len(messages) <= slots or not slots:
        return messages[:slots], messages[slots:]
    last = messages[slots - 1]
    assert isinstance(last, Text)
    return [*messages[: slots - 1], Text(last.text + more)], messages[slots:]


def _as_text(part: Part, texts: Texts, language: Language) -> Part:
    if isinstance(part, Card):
        lines = (part.title, part.description, part.url)
        return Text("\n".join(line for line in lines if line))
    if isinstance(part, Image):
        return Text(texts.get("image", language, url=part.url))
    return part
