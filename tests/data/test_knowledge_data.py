"""The shop's articles and dialogues: sound, complete in both languages, and saying the same."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from pathlib import Path

import pytest

from backends.knowledge.article import LANGUAGES
from backends.knowledge.reading import article_files, read_folder
from backends.search.text import normalise
from xiaoer.generation.corpus import corpus_files, read_corpus
from xiaoer.text.numbers import parse_whole

DATA = Path(__file__).resolve().parents[2] / "data"
KNOWLEDGE = DATA / "knowledge"
READING = read_folder(KNOWLEDGE)
ARTICLES = READING.articles

CATEGORIES = {
    "delivery", "payment", "invoices", "returns", "warranty", "membership", "coupons", "sizes",
    "care", "privacy", "account", "opening_hours", "contact",
}  # fmt: skip
# Where each language speaks of its own measures, 尺 and inches.
OTHER_MEASURES = {"size-measure-waist"}

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_HAN = re.compile("[\u4e00-\u9fff]")
_NUMERAL = re.compile("[零一二两三四五六七八九十百千]+")
_MONTHS = [calendar.month_name[at].lower() for at in range(1, 13)]
_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_OFTEN = {"once": "1", "twice": "2", "half": "2"}


def digits(text: str) -> set[str]:
    """The numbers written in digits; a full hour as its hour."""
    return {number.replace(",", "") for number in _DIGITS.findall(text.replace(":00", ""))}


def in_words(text: str) -> set[str]:
    """The numbers written in words of either language, months as their numbers."""
    found = {str(parse_whole(numeral)) for numeral in _NUMERAL.findall(text)}
    for word in re.findall("[A-Za-z]+", text):
        for names in (_MONTHS, _WORDS, _ORDINALS):
            if word.lower() in names:
                found.add(str(names.index(word.lower()) + 1))
        if word.lower() in _OFTEN:
            found.add(_OFTEN[word.lower()])
    return found


def language_of(text: str) -> str:
    """The language of most of a text, which may name a brand of the other."""
    return "zh" if len(_HAN.findall(text)) * 2 > len(re.findall("[A-Za-z]", text)) else "en"


def test_every_article_can_be_read() -> None:
    assert READING.problems == []
    assert len(ARTICLES) >= 150


def test_all_categories_are_there_each_in_its_file() -> None:
    counts: dict[str, int] = defaultdict(int)
    for name, article in ARTICLES.items():
        counts[article.category] += 1
        assert READING.places[name].stem == article.category, name
    assert set(counts) >= CATEGORIES
    assert len(counts) == len(article_files(KNOWLEDGE))
    assert min(counts.values()) >= 5, counts


def test_each_article_is_in_both_languages_and_names_its_source() -> None:
    wrong = []
    for name, article in ARTICLES.items():
        if [language for language, _ in article.wordings()] != list(LANGUAGES):
            wrong.append(f"{name}: only {[language for language, _ in article.wordings()]}")
            continue
        for language, wording in article.wordings():
            source = article.source.dict()[language] if article.source else None
            if not source:
                wrong.append(f"{name}, {language}: no source")
            for text in (wording.question, wording.answer, source or ""):
                if text and language_of(text) != language:
                    wrong.append(f"{name}, {language}: {text!r}")
            if not wording.variants:
                wrong.append(f"{name}, {language}: no other way to ask")
    assert not wrong, "\n".join(wrong)


def test_no_question_leads_to_two_articles_or_stands_twice() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for name, article in ARTICLES.items():
        for _, wording in article.wordings():
            for question in (wording.question, *wording.variants):
                owners[re.sub(r"\W", "", normalise(question))].append(name)
    assert not {question: names for question, names in owners.items() if len(names) > 1}


def test_both_languages_say_the_same_numbers() -> None:
    wrong = []
    for name, article in ARTICLES.items():
        if name in OTHER_MEASURES or not (article.zh and article.en):
            continue
        zh, en = str(article.zh.answer), str(article.en.answer)
        for said, other in ((zh, en), (en, zh)):
            missing = digits(said) - digits(other) - in_words(other)
            if missing:
                wrong.append(f"{name}: {sorted(missing)} of {said!r} not in {other!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        ("满 ¥1,000，9:00–18:00，第 6 台", {"1000", "9", "18", "6"}, set()),
        ("10 月 1 日，三次，十二个月", {"10", "1"}, {"3", "12"}),
        ("on a sixth, three times, 1 October, once", {"1"}, {"6", "3", "10", "1"}),
        ("30.5 cm", {"30.5"}, set()),
    ],
)
def test_numbers_are_read_in_both_languages(text: str, numbers: set[str], words: set[str]) -> None:
    assert digits(text) == numbers
    assert in_words(text) == words


def test_articles_of_a_season_have_one() -> None:
    seasons = [(one.valid_from, one.valid_to) for one in ARTICLES.values()]
    ended = [(first, last) for first, last in seasons if last]
    assert len(ended) >= 5
    for first, last in ended:
        assert first, last
        assert (last - first).days < 200, (first, last)


def test_dialogues_are_whole_and_in_both_languages() -> None:
    files = corpus_files([str(DATA / "dialogues")])
    dialogues = read_corpus(files, [], seconds=1e6, seed=0).dialogues
    assert len(files) >= 4
    assert {dialogue.language for dialogue in dialogues} == set(LANGUAGES)
    for language in LANGUAGES:
        mine = [dialogue for dialogue in dialogues if dialogue.language == language]
        assert len(mine) >= 20
        for dialogue in mine:
            assert dialogue.turns
            for turn in dialogue.turns:
                assert language_of(turn.assistant) == language, turn
    assert len(dialogues) == len(set(dialogues))
