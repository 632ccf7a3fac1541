"""Makes examples for the text generator of the shop's articles and dialogues.

Each pass over them is drawn anew, so that a model learns to copy from the passage before it instead of
knowing answers by heart: a second passage that answers something else stands before or after the
right one, numbers are changed in passage and reply alike, and passages are mixed of the sentences of
several articles.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xiaoer.generation.corpus import Article, Corpus, Dialogue
from xiaoer.lm.causal_layout import Example
from xiaoer.lm.generator import Prompt

#: Chances, of each example.
SECOND_PASSAGE, RIGHT_ONE_FIRST, SAME_CATEGORY = 0.5, 0.65, 0.5
OTHER_NUMBERS, MIXED, STRAY_PASSAGE = 0.5, 0.3, 0.1
#: Turns of dialogues for each question of an article, if possible, and how often each at most.
TURNS, MOST_OFTEN = 0.4, 8
#: One in so many articles and dialogues is held out.
HELD_OUT = 10
#: Most held-out examples that are looked at.
_MOST_HELD = 64
#: Earlier turns that a reply is given as known.
_EARLIER = 2
#: What part of a reply's pairs of characters, the rarer the more, an article must share.
_SUPPORT = 0.5
#: Most pairs of a turn and an article that are compared.
_MOST_PAIRS = 2_000_000

_NUMBER = re.compile(r"\d+")
_SENTENCES = {"zh": re.compile(r"(?<=[。！？；])"), "en": re.compile(r"(?<=[.!?;])\s+")}
_JOINTS = {"zh": "", "en": " "}


@dataclass(frozen=True)
class _Spoken:
    """A turn of a dialogue with what was said before it and the answer it rests on."""

    language: str
    question: str
    reply: str
    known: tuple[str, ...]
    answer: str | None


class ExampleSource:
    """Draws examples; the same seed draws the same.

    Attributes:
        held: examples of articles and dialogues that are never drawn; empty where there are few.
        count: how many examples a pass has.
    """

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self._seed = seed
        chance = random.Random(f"{seed}:held-out")
        ids = sorted({article.id for article in corpus.articles})
        held_ids = _some(ids, chance)
        held_places = _some(range(len(corpus.dialogues)), chance)
        self._articles = [each for each in corpus.articles if each.id not in held_ids]
        self._pools: dict[str, list[Article]] = {}
        for article in self._articles:
            self._pools.setdefault(article.language, []).append(article)
        support = _Support(corpus)
        spoken = [
            (place in held_places, turn)
            for place, dialogue in enumerate(corpus.dialogues)
            for turn in _turns(dialogue, support)
        ]
        self._turns = [turn for held, turn in spoken if not held]
        self._questions = [
            (article, question) for article in self._articles for question in article.questions
        ]
        # A question has many variants, a turn of a dialogue none.
        often = TURNS * len(self._questions) / max(1, len(self._turns))
        self._repeated = self._turns * max(1, min(MOST_OFTEN, round(often)))
        self.count = len(self._questions) + len(self._repeated)
        self.held = [
            _answered(article, chance.choice(article.questions), article.answer, [])
            for article in corpus.articles
            if article.id in held_ids
        ] + [_said(turn, []) for held, turn in spoken if held]
        chance.shuffle(self.held)
        del self.held[_MOST_HELD:]

    def texts(self) -> Iterator[str]:
        """Yield all texts that examples are made of."""
        for article in self._articles:
            yield from article.questions
            yield article.answer
        for turn in self._turns:
            yield turn.question
            yield turn.reply

    def draw(self, number: int) -> Iterator[Example]:
        """Yield the examples of a pass, ``count`` of them in random order."""
        chance = random.Random(f"{self._seed}:{number}")
        order = list(range(self.count))
        chance.shuffle(order)
        for place in order:
            if place < len(self._questions):
                yield self._of_article(*self._questions[place], chance)
            else:
                yield self._of_turn(self._repeated[place - len(self._questions)], chance)

    def _of_article(self, article: Article, question: str, chance: random.Random) -> Example:
        answer = self._mixed(article, chance)
        passages = []
        if chance.random() < SECOND_PASSAGE:
            passages = self._others(article, chance)
        example = _answered(article, question, answer, passages, chance)
        return _with_other_numbers(example, chance) if chance.random() < OTHER_NUMBERS else example

    def _of_turn(self, turn: _Spoken, chance: random.Random) -> Example:
        pool = self._pools.get(turn.language, [])
        wrong = SECOND_PASSAGE if turn.answer is not None else STRAY_PASSAGE
        others = []
        if pool and chance.random() < wrong:
            others = [each for each in [chance.choice(pool).answer] if each != turn.answer]
        example = _said(turn, others, chance)
        if turn.answer is not None and chance.random() < OTHER_NUMBERS:
            return _with_other_numbers(example, chance)
        return example

    def _others(self, article: Article, chance: random.Random) -> list[str]:
        pool = self._pools[article.language]
        if chance.random() < SAME_CATEGORY:
            near = [each for each in pool if each.category == article.category]
            pool = near if len(near) > 1 else pool
        other = chance.choice(pool)
        return [] if other.id == article.id else [other.answer]

    def _mixed(self, article: Article, chance: random.Random) -> str:
        """Return the answer, or one that no article gives."""
        if chance.random() >= MIXED:
            return article.answer
        language = article.language
        own = [each for each in _SENTENCES[language].split(article.answer) if each.strip()]
        other = chance.choice(self._pools[language]).answer
        foreign = [each for each in _SENTENCES[language].split(other) if each.strip()]
        if not own or not foreign:
            return article.answer
        sentences = [*chance.sample(own, chance.randint(1, len(own))), chance.choice(foreign)]
        chance.shuffle(sentences)
        return _JOINTS[language].join(each.strip() for each in sentences)


def _some(of: Iterable, chance: random.Random) -> set:
    """Return one in ten, none of fewer than that."""
    every = list(of)
    return set(chance.sample(every, len(every) // HELD_OUT))


def _answered(
    article: Article,
    question: str,
    answer: str,
    others: list[str],
    chance: random.Random | None = None,
) -> Example:
    return Example(Prompt(question, _ordered(answer, others, chance), article.language), answer)


def _said(turn: _Spoken, others: list[str], chance: random.Random | None = None) -> Example:
    passages = tuple(others) if turn.answer is None else _ordered(turn.answer, others, chance)
    return Example(Prompt(turn.question, passages, turn.language, turn.known), turn.reply)


def _ordered(answer: str, others: list[str], chance: random.Random | None) -> tuple[str, ...]:
    first = chance is None or chance.random() < RIGHT_ONE_FIRST
    return (answer, *others) if first else (*others, answer)


def _turns(dialogue: Dialogue, support: _Support) -> Iterator[_Spoken]:
    before: list[str] = []
    for turn in dialogue.turns:
        known = tuple(before[-2 * _EARLIER :])
        said = " ".join([*before, turn.customer])
        answer = support.of(dialogue.language, turn.assistant, said)
        yield _Spoken(dialogue.language, turn.customer, turn.assistant, known, answer)
        before += [turn.customer, turn.assistant]


def _with_other_numbers(example: Example, chance: random.Random) -> Example:
    """Return an example in which each number is another one, the same wherever it stands."""
    others: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        number = match.group()
        if number not in others:
            first = chance.choice("123456789" if len(number) > 1 else "0123456789")
            others[number] = first + "".join(chance.choices("0123456789", k=len(number) - 1))
        return others[number]

    prompt = example.prompt
    return Example(
        Prompt(
            _NUMBER.sub(other, prompt.question),
            tuple(_NUMBER.sub(other, passage) for passage in prompt.passages),
            prompt.language,
            tuple(_NUMBER.sub(other, each) for each in prompt.known),
        ),
        _NUMBER.sub(other, example.reply),
    )


class _Support:
    """Finds the answer that a reply in a dialogue rests on, by shared pairs of characters."""

    def __init__(self, corpus: Corpus) -> None:
        self._answers: dict[str, list[tuple[str, set[str], set[str]]]] = {}
        turns = sum(len(dialogue.turns) for dialogue in corpus.dialogues)
        if turns * len(corpus.articles) > _MOST_PAIRS:
            return
        seen: Counter[str] = Counter()
        for article in corpus.articles:
            pairs = _pairs(article.answer)
            seen.update(pairs)
            numbers = set(_NUMBER.findall(article.answer))
            self._answers.setdefault(article.language, []).append((article.answer, pairs, numbers))
        total = len(corpus.articles)
        self._rarity = {pair: math.log(1 + total / count) for pair, count in seen.items()}
        self._unseen = math.log(1 + total)

    def of(self, language: str, reply: str, said: str) -> str | None:
        """Return the answer that holds every number of the reply and most of its rare pairs."""
        pairs = _pairs(reply)
        whole = sum(self._rarity.get(pair, self._unseen) for pair in pairs) if pairs else 0.0
        wanted = set(_NUMBER.findall(reply)) - set(_NUMBER.findall(said))
        best: tuple[float, str | None] = (_SUPPORT, None)
        for answer, held, numbers in self._answers.get(language, []):
            if not whole or not wanted <= numbers:
                continue
            shared = sum(self._rarity[pair] for pair in pairs & held) / whole
            if shared > best[0]:
                best = shared, answer
        return best[1]


def _pairs(text: str) -> set[str]:
    bare = re.sub(r"\s+", " ", text.lower())
    return {bare[at : at + 2] for at in range(len(bare) - 1)}
