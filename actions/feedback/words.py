"""The words with which customers answer, from `words.yml`."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel

_FILE = Path(__file__).with_name("words.yml")
_EDGES = re.compile(r"^[^\w-]+|[^\w/]+$")


class Words(BaseModel):
    """What stands in the file; `answers` are by question, then by answer."""

    numbers: dict[str, int]
    particles: list[str]
    before: list[str]
    after: list[str]
    solved: dict[str, list[str]]
    csat: dict[str, list[str]]
    nps: dict[str, list[str]]
    skip: list[str]
    stop: list[str]
    comment_intents: list[str]
    small_talk: list[str]

    class Config:
        """A key that nothing reads is a slip."""

        extra = "forbid"

    def answer(self, question: str, text: str) -> str | None:
        """Return which answer to a question a text is, word for word."""
        answers: dict[str, list[str]] = getattr(self, question)
        said = self._ways(text)
        return next((name for name, words in answers.items() if said & set(words)), None)

    def number(self, text: str) -> int | None:
        """Return the number that a text consists of."""
        found = next(filter(None, map(_number(self).match, self._ways(text))), None)
        if not found:
            return None
        digits = found["number"]
        return int(digits) if digits.isdecimal() else self.numbers[digits]

    def skips(self, text: str) -> bool:
        """Whether a text leaves the question out."""
        return bool(self._ways(text) & set(self.skip))

    def stops(self, text: str) -> bool:
        """Whether a text ends the questions."""
        return bool(self._ways(text) & set(self.stop))

    def _ways(self, text: str) -> set[str]:
        """Return the bare text, as it is and without a particle at its end."""
        whole = bare(text)
        return {whole, *(whole.removesuffix(each) for each in self.particles)} - {""}


def bare(text: str) -> str:
    """Return a text in small letters of normal width, without what stands around its words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _EDGES.sub("", " ".join(folded.split()))


@cache
def words() -> Words:
    """Return the words; the file is read once."""
    return Words.parse_obj(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def _number(words: Words) -> re.Pattern[str]:
    def any_of(choices: list[str]) -> str:
        return "|".join(re.escape(each) for each in sorted(choices, key=len, reverse=True))

    before = rf"(?:(?:{any_of(words.before)})\s*)?"
    after = rf"(?:\s*(?:{any_of(words.after)}))?"
    number = rf"(?P<number>\d{{1,2}}|{any_of(list(words.numbers))})"
    return re.compile(rf"^{before}{number}{after}$")
