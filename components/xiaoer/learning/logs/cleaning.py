"""What of a message is the writer's own words, and why a message is left out."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from xiaoer.learning.logs.words import words
from xiaoer.text.personal_data import mask

LONGEST_QUESTION, LONGEST_ANSWER = 200, 1000

SYSTEM, GREETING, NO_WORDS, EMPTY = "system line", "greeting only", "no words", "empty"
TOO_LONG = "too long"

_BLOCK = re.compile(r"<(script|style)\b.*?</\1 *>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|p|div)\b[^>]*>", re.IGNORECASE)
_QUOTED_BLOCK = re.compile(r"<blockquote\b.*?</blockquote *>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]{0,500}>", re.DOTALL)
# WeChat: 「name: words」, a rule, the reply.
_WECHAT_QUOTE = re.compile(r"^「.*?」\s*\n?\s*(?:- ?){5,}\s*\n?", re.DOTALL)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]", re.UNICODE)
_HAN = re.compile("[\u3400-\u9fff]+")
_DIGIT = re.compile(r"\d")
_LONGEST_GREETING = 60
_SMALL_WORD = re.compile(r"[a-z']+")


def clean(text: str, allowed: Sequence[str] = ()) -> tuple[str, str]:
    """Return (the writer's words on one line, masked; why it is left out).

    Tags, entities, addresses of pages, quoted earlier messages, emoji and control characters go;
    the second is empty for a message that is kept.

    Args:
        text: What was written.
        allowed: Numbers and addresses that are the shop's own and stay.
    """
    if not text.strip():
        return "", EMPTY
    plain = _own_words(_without_html(text))
    if words().system_line.fullmatch(plain.strip()):
        return "", SYSTEM
    plain = " ".join(_visible(_URL.sub(" ", plain)).split())
    if not _WORD.search(plain):
        return "", NO_WORDS
    if _is_greeting(plain):
        return "", GREETING
    return mask(plain, allowed), ""


def key_of(text: str) -> str:
    """Return what texts have in common that differ in case, width, punctuation, and numbers."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\d+", "0", re.sub(r"[\W_]+", " ", folded)).strip()


def _without_html(text: str) -> str:
    if "<" in text:
        text = _QUOTED_BLOCK.sub("\n", _BLOCK.sub(" ", text))
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    return text


def _own_words(text: str) -> str:
    """Return a message without what it quotes."""
    text = _WECHAT_QUOTE.sub("", text, count=1)
    if found := words().quote.search(text):
        text = text[: found.start()]
    lines = [line for line in text.splitlines() if not line.lstrip().startswith((">", "|>"))]
    return "\n".join(lines)


def _visible(text: str) -> str:
    """Return text without symbols such as emoji, and without what cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(each) in _UNSEEN or each == "\ufe0f" else each for each in text
    )


#: Symbols (emoji among them), control, format and unassigned characters, lone surrogates.
_UNSEEN = {"So", "Sk", "Cc", "Cf", "Cn", "Co", "Cs"}


def _is_greeting(text: str) -> bool:
    if len(text) > _LONGEST_GREETING or _DIGIT.search(text):
        return False
    small = key_of(text)
    chinese = "".join(_HAN.findall(small))
    if chinese and not words().chinese_greetings.fullmatch(chinese):
        return False
    latin = _SMALL_WORD.findall(_HAN.sub(" ", small))
    rest = _SMALL_WORD.sub("", _HAN.sub("", small)).strip()
    return not rest and all(word in words().greetings for word in latin)
