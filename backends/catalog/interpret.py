"""What a customer's words ask for: terms, brand, category, prices, an order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backends.catalog.prices import parse_prices
from backends.catalog.spelling import Speller
from backends.catalog.vocabulary import Vocabulary
from backends.search.text import normalise, runs, stem

MAX_TERMS = 24
# What comes later in a message says nothing more about the wish, and reading it costs time.
MAX_CHARACTERS = 200
_LONGEST_MISSPELT = 24
_MOST_CORRECTIONS = 3
_SEPARATOR = re.compile(r"[,;!?。、|/\n，；！？()\[\]]")


@dataclass(frozen=True)
class Term:
    """One thing that was said.

    Attributes:
        key: the phrase, as ``vocabulary.phrase_key`` writes it.
        meanings: phrases it may be found by, itself included.
        known: whether the catalogue knows the phrase; a row of Chinese that it does not know is
            looked for in parts.
        head: whether it ends a phrase and so says what kind of thing is wanted.
        parts: shorter known phrases that the phrase is made of, if it is.
        categories, brands: ids that it names.
    """

    key: str
    meanings: frozenset[str]
    known: bool
    parts: tuple[str, ...] = ()
    head: bool = False
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Interpretation:
    """A query as it was understood.

    Attributes:
        said: whether it had any letters but interjections.
        terms: what to look for, the words for the brand and the category included.
        brand, category: ids to which the query confines itself, or None.
        price_min, price_max: CNY.
        sort: an order that was asked for in words, or None.
        corrected: the query with its misspellings put right, None when there were none.
        text: the words without prices, for the vectors.
    """

    said: bool
    terms: tuple[Term, ...]
    brand: str | None = None
    category: str | None = None
    price_min: float | None = None
    price_max: float | None = None
    sort: str | None = None
    corrected: str | None = None
    text: str = ""


@dataclass(frozen=True)
class _Piece:
    """A piece of the query: a term, or (``key`` empty) a place where a phrase ends."""

    key: str = ""
    known: bool = False


def interpret(query: str, vocabulary: Vocabulary, speller: Speller) -> Interpretation:
    """Read the beginning of a query. Never fails, whatever the text."""
    text = normalise(query[: 2 * MAX_CHARACTERS])[:MAX_CHARACTERS]
    edges = vocabulary.words_file.edges_zh
    said = any(not run.chinese or not edges.issuperset(run.text) for run in runs(text))
    text, sort = _sorting(text, vocabulary)
    prices = parse_prices(text)
    corrections: list[tuple[str, str]] = []
    pieces: list[_Piece] = []
    for part in _SEPARATOR.split(prices.rest):
        pieces += _pieces(part, vocabulary, speller, corrections)
        pieces.append(_Piece())
    terms = _terms(pieces, vocabulary)
    brands = {brand for term in terms for brand in term.brands}
    categories = {frozenset(term.categories) for term in terms if term.head and term.categories}
    category = None
    if len(categories) == 1:
        (ids,) = categories
        category = next(iter(ids)) if len(ids) == 1 else None
    corrected = text
    for wrong, right in corrections:
        corrected = corrected.replace(wrong, right)
    cleaned = prices.rest
    for wrong, right in corrections:
        cleaned = cleaned.replace(wrong, right)
    return Interpretation(
        said=said,
        terms=terms,
        brand=next(iter(brands)) if len(brands) == 1 else None,
        category=category,
        price_min=prices.low,
        price_max=prices.high,
        sort=sort,
        corrected=corrected if corrections else None,
        text=cleaned,
    )


def _sorting(text: str, vocabulary: Vocabulary) -> tuple[str, str | None]:
    for order, phrases in vocabulary.words_file.sorting.items():
        for phrase in phrases:
            pattern = rf"\b{re.escape(phrase)}\b" if phrase.isascii() else re.escape(phrase)
            if re.search(pattern, text):
                return re.sub(pattern, " ", text, count=1), order
    return text, None


def _terms(pieces: list[_Piece], vocabulary: Vocabulary) -> tuple[Term, ...]:
    terms: dict[str, Term] = {}
    for at, piece in enumerate(pieces):
        if not piece.key:
            continue
        following = pieces[at + 1] if at + 1 < len(pieces) else _Piece()
        term = Term(
            key=piece.key,
            meanings=vocabulary.meanings(piece.key),
            known=piece.known,
            parts=vocabulary.parts(piece.key),
            head=not following.key,
            categories=frozenset(vocabulary.categories.get(piece.key, ())),
            brands=frozenset(vocabulary.brands.get(piece.key, ())),
        )
        earlier = terms.get(piece.key)
        if earlier is None and len(terms) < MAX_TERMS:
            terms[piece.key] = term
        elif earlier is not None and term.head:
            terms[piece.key] = replace(earlier, head=True)
    return tuple(terms.values())


def _pieces(
    text: str, vocabulary: Vocabulary, speller: Speller, corrections: list[tuple[str, str]]
) -> Iterator[_Piece]:
    """Cut a part of the query without separators into terms and ends of phrases."""
    latin: list[str] = []
    after_chinese = False
    for run in runs(text):
        if run.chinese:
            yield from _latin(latin, vocabulary, speller, corrections)
            if after_chinese and not latin:
                yield _Piece()  # a space between Chinese words is one that the customer meant
            latin = []
            yield from _chinese(run.text, vocabulary, speller, corrections)
        else:
            latin.append(run.text)
        after_chinese = run.chinese
    yield from _latin(latin, vocabulary, speller, corrections)


def _latin(
    words: list[str], vocabulary: Vocabulary, speller: Speller, corrections: list[tuple[str, str]]
) -> Iterator[_Piece]:
    keys: list[str] = []
    for word in words:
        keys += _spelt(word, vocabulary, speller, corrections)
    fillers, breaks = vocabulary.words_file.fillers_en, vocabulary.words_file.breaks_en
    at = 0
    while at < len(keys):
        for length in range(min(vocabulary.longest_latin, len(keys) - at), 1, -1):
            if tuple(keys[at : at + length]) in vocabulary.latin:
                yield _Piece(" ".join(keys[at : at + length]), known=True)
                at += length
                break
        else:
            key = keys[at]
            at += 1
            if key in breaks:
                yield _Piece()
            if key not in fillers:
                yield _Piece(key, known=key in vocabulary.words or key in vocabulary.alternates)


def _spelt(
    word: str, vocabulary: Vocabulary, speller: Speller, corrections: list[tuple[str, str]]
) -> list[str]:
    """Return the word as the catalogue writes it: stemmed, put right, or cut in two."""
    if word in vocabulary.words_file.fillers_en:
        return [word]
    key = stem(word)
    if key in vocabulary.words or key in vocabulary.alternates:
        return [key]
    if key in vocabulary.joined:
        return list(vocabulary.joined[key])
    meant = speller.latin(key)
    if meant is None:
        return [key]
    right = vocabulary.joined[meant] if meant not in vocabulary.words else (meant,)
    corrections.append((word, " ".join(right)))
    return list(right)


def _chinese(
    row: str, vocabulary: Vocabulary, speller: Speller, corrections: list[tuple[str, str]]
) -> Iterator[_Piece]:
    phrase: list[tuple[str, bool]] = []
    for word, known in _words(row, vocabulary):
        if word:
            phrase.append((word, known))
            continue
        yield from _phrase(phrase, vocabulary, speller, corrections)
        phrase = []
        yield _Piece()
    yield from _phrase(phrase, vocabulary, speller, corrections)


def _overlap(row: str, at: int, filler: str, vocabulary: Vocabulary) -> int:
    """Return where a known phrase begins inside a filler and ends behind it, or 0."""
    for start in range(at + 1, at + len(filler)):
        for end in range(
            at + len(filler) + 1, min(len(row), start + vocabulary.longest_chinese) + 1
        ):
            if row[start:end] in vocabulary.chinese:
                return start
    return 0


def _phrase(
    words: list[tuple[str, bool]],
    vocabulary: Vocabulary,
    speller: Speller,
    corrections: list[tuple[str, str]],
) -> Iterator[_Piece]:
    """Turn words between two fillers into terms, a misspelt one put right if there is one."""
    edges = vocabulary.words_file.edges_zh
    while words and not words[0][1] and words[0][0] in edges:
        words = words[1:]
    ended = False
    while words and not words[-1][1] and words[-1][0] in edges:
        words, ended = words[:-1], True
    row = "".join(word for word, _ in words)
    strange = {
        at
        for number, (word, known) in enumerate(words)
        for at in [sum(len(one) for one, _ in words[:number])]
        if not known
    }
    found = None
    if strange and len(row) <= _LONGEST_MISSPELT and len(corrections) < _MOST_CORRECTIONS:
        found = speller.chinese(row, strange)
    if found is not None:
        first, last, right = found
        corrections.append((row[first:last], right))
        yield from _phrase(list(_words(row[:first], vocabulary)), vocabulary, speller, corrections)
        yield _Piece(right, known=True)
        yield from _phrase(list(_words(row[last:], vocabulary)), vocabulary, speller, corrections)
    else:
        unknown = ""
        for word, known in [*words, ("", True)]:
            if not known:
                unknown += word
                continue
            if not edges.issuperset(unknown):
                yield _Piece(unknown, known=False)
            unknown = ""
            if word:
                yield _Piece(word, known=True)
    if ended:
        yield _Piece()


def _words(row: str, vocabulary: Vocabulary) -> Iterator[tuple[str, bool]]:
    """Cut a row of characters: ``(word, True)``, ``(other character, False)``, ``("", False)``."""
    words = vocabulary.words_file
    at = 0
    while at < len(row):
        filler = next((one for one in words.fillers_zh if row.startswith(one, at)), "")
        phrase = ""
        for length in range(min(vocabulary.longest_chinese, len(row) - at), 0, -1):
            if row[at : at + length] in vocabulary.chinese:
                phrase = row[at : at + length]
                break
        if phrase and len(phrase) >= len(filler):
            yield phrase, True
            at += len(phrase)
        elif filler and (overlap := _overlap(row, at, filler, vocabulary)):
            # 有无线耳机: the filler 有无 would cut 无线 in two
            yield from ((character, False) for character in row[at:overlap])
            at = overlap
        elif filler:
            yield "", False
            at += len(filler)
        elif broken := next((one for one in words.breaks_zh if row.startswith(one, at)), ""):
            yield "", False
            at += len(broken)
        else:
            yield row[at], False
            at += 1
