"""Which language a text is written in, by its script and its function words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml

MAX_CHARACTERS = 1000
# A function word tells the writer's language; a noun may be borrowed ("有 wireless earbuds 吗").
FUNCTION_WEIGHT = 2.0
CONTENT_WEIGHT = 0.5
#: With a function word, and from this share of the evidence or this weight (two function words) on,
#: the weaker language is more than borrowed nouns.
MIXED_SHARE, MIXED_WEIGHT = 0.25, 4.0

CHINESE, ENGLISH, MIXED, UNKNOWN = "zh", "en", "mixed", "unknown"
LANGUAGES = (ENGLISH, MIXED, UNKNOWN, CHINESE)

_HAN = "㐀-䶿一-鿿豈-﫿"
_KANA_HANGUL = "぀-ヿㇰ-ㇿㄱ-ㆎ가-힣"
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_CJK = re.compile(f"[{_HAN}]")
# Chinese characters among Kana and Hangul are not Chinese; other scripts are counted by the word.
_OTHER = re.compile(rf"[{_KANA_HANGUL}]|[^\W\d_{_HAN}{_KANA_HANGUL}{_LATIN}]+")
_WORD = re.compile(f"[{_LATIN}]+(?:'[{_LATIN}]+)?")
_CODE = re.compile(r"\S*\d\S*")
_EDGES = " \t\r\n.,;:!?~。、"
_SIZE_OR_NAME = re.compile(r"[A-Z]{1,3}")


class Language(NamedTuple):
    """What a text is written in.

    Attributes:
        code: `zh`, `en`, `mixed` or `unknown`.
        confidence: 0.5 to 1.
        dominant: The stronger language, `zh` or `en`, which a reply should be in; None when
            unknown.
    """

    code: str
    confidence: float
    dominant: str | None


class Evidence(NamedTuple):
    """Weights of what speaks for each language in a text, function words four times the others.

    Attributes:
        chinese: Of Chinese characters.
        english: Of words in Latin letters that may be English.
        foreign: Of the other language in Latin letters that has most.
        chinese_function: Whether there is a Chinese function word.
        english_function: Whether there is an English function word.
        other_script: Whether most of the text is in a script that is neither Han nor Latin.
    """

    chinese: float = 0.0
    english: float = 0.0
    foreign: float = 0.0
    chinese_function: bool = False
    english_function: bool = False
    other_script: bool = False

    @property
    def is_latin(self) -> bool:
        """Whether words in Latin letters have a say, whose language a trained head tells better."""
        return not self.other_script and bool(self.english or self.foreign)


def identify(text: str, probabilities: dict[str, float] | None = None) -> Language:
    """Return the language of `text`; digits, codes, emoji and other languages are `unknown`.

    Words with digits in them (codes, model names) count for nothing, nor does a lone XL or OK.

    Args:
        text: Any text, of which the beginning is read.
        probabilities: What a trained head says. It is heard where words in Latin letters have a
            say: on English or unknown, and with Chinese characters on mixed or not.
    """
    found = weigh(text)
    ruled = _judge(found)
    if probabilities is None or not found.is_latin or (found.chinese and ruled.code == UNKNOWN):
        return ruled
    if found.chinese:
        first, second, dominant = MIXED, ruled.dominant or ENGLISH, ruled.dominant
    else:
        first, second, dominant = ENGLISH, UNKNOWN, ENGLISH
    confidence = probabilities[first] / max(probabilities[first] + probabilities[second], 1e-9)
    if confidence >= 0.5:
        return Language(first, confidence, dominant)
    return Language(second, 1 - confidence, None if second == UNKNOWN else dominant)


def _judge(found: Evidence) -> Language:
    """Return what the evidence says.

    The confidence in `zh` and `en` is the share of the evidence that speaks for it, that in `mixed`
    twice the share of the weaker of the two.
    """
    if found.other_script or not (found.chinese or found.english or found.foreign):
        return Language(UNKNOWN, 1.0, None)
    latin = max(found.english, found.foreign)
    total = found.chinese + latin
    if found.chinese < latin and found.english < found.foreign:
        return Language(UNKNOWN, max(0.5, found.foreign / (total + found.english)), None)
    dominant = CHINESE if found.chinese >= latin else ENGLISH
    weaker = min(found.chinese, found.english)
    speaks = found.english_function if dominant == CHINESE else found.chinese_function
    if speaks and (weaker >= MIXED_SHARE * total or weaker >= MIXED_WEIGHT):
        return Language(MIXED, max(0.5, 2 * weaker / total), dominant)
    return Language(dominant, max(found.chinese, latin) / total, dominant)


def weigh(text: str) -> Evidence:
    """Return what speaks for each language in `text`, of which the beginning is read."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).replace("’", "'")
    if _SIZE_OR_NAME.fullmatch(text.strip(_EDGES)):
        return Evidence()
    words = _words()
    characters = _CJK.findall(text)
    latin = [
        word.lower()
        for word in _WORD.findall(_CODE.sub(" ", text))
        if (len(word) > 1 or word in "aIiu") and word.lower() not in words.both
    ]
    chinese_function = sum(character in words.chinese for character in characters)
    foreign = dict.fromkeys(words.foreign, 0.0)
    english, english_function = 0.0, False
    for word in latin:
        speaks = [code for code, known in words.foreign.items() if word in known]
        is_english = word in words.english
        # A word of English too ("die", "no") speaks half as much for another language.
        for code in speaks:
            foreign[code] += FUNCTION_WEIGHT / 2 if is_english else FUNCTION_WEIGHT
        english_function |= is_english
        if is_english:
            english += FUNCTION_WEIGHT
        elif not speaks and word.isascii():
            english += CONTENT_WEIGHT
        elif not speaks:
            # English has hardly a word with accents: they speak for every other language.
            for code in foreign:
                foreign[code] += FUNCTION_WEIGHT / 2
    return Evidence(
        FUNCTION_WEIGHT * chinese_function + CONTENT_WEIGHT * (len(characters) - chinese_function),
        english,
        max(foreign.values()),
        chinese_function > 0,
        english_function,
        len(_OTHER.findall(text)) * 2 > len(characters) + len(latin),
    )


class _Words(NamedTuple):
    chinese: frozenset[str]
    english: frozenset[str]
    both: frozenset[str]
    foreign: dict[str, frozenset[str]]


@cache
def _words() -> _Words:
    text = resources.read_text("xiaoer.nlu.assets", "language_words.yml", encoding="utf-8")
    content = yaml.safe_load(text)
    return _Words(
        frozenset(content["chinese"].replace(" ", "")),
        frozenset(content["english"].split()),
        frozenset(content["both"].split()),
        {code: frozenset(words.split()) for code, words in content["foreign"].items()},
    )
