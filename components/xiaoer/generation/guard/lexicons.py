"""The guard'"'"'s lexicons: YAML files beside this one, read once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from xiaoer.generation.guard.reading.normalising import small


class GuardLexiconError(ValueError):
    """A lexicon of the guard that cannot be read; the message is one sentence naming file and entry."""


@cache
def lexicon(name: str) -> dict[str, Any]:
    """Return the content of the lexicon file `name`, such as ``promises.yml``.

    Raises:
        GuardLexiconError: It is no YAML mapping.
    """
    text = resources.read_text("xiaoer.generation.guard", name, encoding="utf-8")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = str(error).replace("\n", " ")
        raise GuardLexiconError(f"{name} is not valid YAML: {where}") from error
    if not isinstance(content, dict):
        raise GuardLexiconError(f"{name} should be a mapping of names to entries.")
    return content


def compile_any(patterns: Iterable[str], name: str, words: bool = False) -> re.Pattern[str]:
    """Return a pattern that finds any of `patterns` in small letters, the longest first.

    Args:
        patterns: Regular expressions, their letters small.
        name: The file they stand in, for the error.
        words: Whether they match whole words only, as English ones should.

    Raises:
        GuardLexiconError: One of them is no regular expression.
    """
    listed = sorted((str(pattern) for pattern in patterns), key=len, reverse=True)
    for pattern in listed:
        try:
            re.compile(pattern)
        except re.error as error:
            raise GuardLexiconError(
                f"'{pattern}' in {name} is not a regular expression: {error}."
            ) from error
    if not listed:
        return re.compile(r"(?!)")
    joined = "|".join(listed)
    whole = rf"(?<![A-Za-z0-9-])(?:{joined})(?![A-Za-z0-9]|-[a-z])" if words else f"(?:{joined})"
    return re.compile(whole)


class Patterns:
    """Patterns of both languages, of which only those are tried that a text can hold.

    Args:
        patterns: Regular expressions by language: `zh`, and `en` for whole words.
        name: The file they stand in, for the error.

    Raises:
        GuardLexiconError: One of them is no regular expression.
    """

    def __init__(self, patterns: Mapping[str, Iterable[str]], name: str) -> None:
        self._chinese = compile_any(patterns["zh"], name)
        self._english = compile_any(patterns["en"], name, words=True)

    def search(self, text: str) -> str | None:
        """Return what a pattern finds first in `text`, whatever its case."""
        plain = small(text)
        for pattern in self._fitting(plain):
            if match := pattern.search(plain):
                return text[match.start() : match.end()]
        return None

    def match(self, text: str) -> str | None:
        """Return what a pattern finds at the beginning of `text`."""
        plain = small(text)
        for pattern in self._fitting(plain):
            if match := pattern.match(plain):
                return text[: match.end()]
        return None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where all matches stand, those of one language after those of the other."""
        plain = small(text)
        return [
            match.span() for pattern in self._fitting(plain) for match in pattern.finditer(plain)
        ]

    def blank(self, text: str) -> str:
        """Return `text` with blanks for each character of a match."""
        plain = small(text)
        for pattern in self._fitting(plain):
            for match in pattern.finditer(plain):
                start, end = match.span()
                text = text[:start] + " " * (end - start) + text[end:]
            plain = small(text)
        return text

    def _fitting(self, text: str) -> Iterator[re.Pattern[str]]:
        chinese, english = scripts(text)
        if chinese:
            yield self._chinese
        if english:
            yield self._english


class Classes:
    """Classes of patterns of both languages, all of which are looked for at once.

    Args:
        classes: Regular expressions by class and language, as for `Patterns`.
        name: The file they stand in, for the error.

    Raises:
        GuardLexiconError: One of them is no regular expression.
    """

    def __init__(self, classes: Mapping[str, Mapping[str, list[str]]], name: str) -> None:
        self._scripts = []
        for language in ("zh", "en"):
            words = language == "en"
            every = [each for patterns in classes.values() for each in patterns[language]]
            # Where any begins, for one may begin within another.
            begins = re.compile(f"(?={compile_any(every, name, words).pattern})")
            compiled = {
                each: compile_any(patterns[language], name, words)
                for each, patterns in classes.items()
            }
            self._scripts.append((begins, compiled))

    def find(self, text: str) -> dict[str, str]:
        """Return the words found first of each class that has some in `text`."""
        plain = small(text)
        found: dict[str, str] = {}
        for (begins, classes), fits in zip(self._scripts, scripts(plain), strict=True):
            for beginning in begins.finditer(plain) if fits else ():
                for name, pattern in classes.items():
                    if match := pattern.match(plain, beginning.start()):
                        found.setdefault(name, text[match.start() : match.end()])
        return found


@lru_cache(maxsize=2048)
def scripts(text: str) -> tuple[bool, bool]:
    """Return whether there are Chinese characters in `text`, and whether there are Latin letters."""
    return _HAN.search(text) is not None, _LATIN.search(text) is not None


_HAN = re.compile("[㐀-鿿]")
_LATIN = re.compile("[A-Za-z]")
