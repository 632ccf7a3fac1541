"""Texts that give orders to the language model."""

import re
import unicodedata
from functools import cache, lru_cache

from xiaoer.generation.guard.lexicons import compile_any, lexicon, scripts
from xiaoer.generation.guard.reading.normalising import normalise, small

_FILE = "injection.yml"
# Separators put between letters or characters: i-g-n-o-r-e, 忽.略
_BETWEEN_LETTERS = re.compile(r"(?<=\b\w)[\s.\-_*·|](?=\w\b)")
_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿])[\s.\-_*·|/]{1,2}(?=[㐀-鿿])")


def looks_like_instruction(text: str) -> bool:
    """Whether `text` tries to give orders to a language model, in Chinese or English.

    For passages, names of products and names of customers before they stand in a prompt. It knows
    the usual ways (``injection.yml``), not every one.
    """
    return find_instruction(text) is not None


@lru_cache(maxsize=256)
def find_instruction(text: str) -> str | None:
    """Return the first words of `text` that try to give orders to a language model."""
    plain = small(_unaccented(normalise(text)))
    for form in dict.fromkeys((plain, _BETWEEN_HAN.sub("", _BETWEEN_LETTERS.sub("", plain)))):
        for pattern, fits in zip(_patterns(), scripts(form), strict=True):
            if fits and (match := pattern.search(form)):
                return match.group()
    return None


def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(character)
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return the Chinese and the English patterns."""
    words = lexicon(_FILE)
    return tuple(
        re.compile(compile_any(words[language], _FILE).pattern, re.MULTILINE)
        for language in ("zh", "en")
    )
