"""Names in Latin letters, by what stands before and after them and by lexicons."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from xiaoer.text.personal_data.lexicon import any_of, read_lexicon

_LEXICON = read_lexicon("english_names.yml")
_FIRST = frozenset(_LEXICON["first_names"].split())
_SMALL_FIRST = frozenset(name.lower() for name in _FIRST)
_WORDS = frozenset(_LEXICON["word_names"].split())
_SURNAMES = frozenset(_LEXICON["surnames"].split())
_NOT = frozenset(_LEXICON["not_names"])
_NOT_FIRST = frozenset(word.lower() for word in _LEXICON["not_first"].split())
_PINYIN = any_of(_LEXICON["pinyin_surnames"].split())
_SYLLABLE = any_of(_LEXICON["pinyin_syllables"].split())

_PART = r"(?:[OD]['’])?[A-Z][a-zA-Z'’-]*[a-z]"
_FULL = rf"{_PART}(?:\s(?:[A-Z]\.\s)?{_PART}){{0,3}}"
# Letters are what names end before; Chinese characters may touch them.
_BEGIN = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9]|['’]s?[A-Za-z])"

_TITLED = re.compile(rf"{_BEGIN}(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Madam|Sir)\.?\s{_FULL}{_END}")
_SURE = re.compile(
    rf"{_BEGIN}(?i:(?:first |last |full |cardholder |passport |real )?name(?:'s|’s| is| was)?\s?[:：-]?|name on the (?:order|card|box) is"
    r"|under the name(?: of)?|recipient(?: is| to)?\s?:?|receiver(?: is)?\s?:?|account holder\s?:?|cardholder\s?:?|contact(?: person)?\s?:"
    r"|attn\.?\s?:?|attention\s?:?|c/o|signed by|call me|calls me|i go by|bill to\s?:?|invoice to|英文名|名字是|我叫|收件人|收货人|联系人|姓名)"
    rf"\s?[:：]?\s?({_FULL}|[a-z]{{2,}}\s[a-z]{{2,}}){_END}"
)
# Before a name of the lexicon, or before two words with capitals.
_HINTED = re.compile(
    rf"{_BEGIN}(?i:i am|i'm|i’m|im|this is|it's|it’s|dear|hi|hello|hey|thanks|thank you|regards|cheers|sincerely|ship(?: it| both)? to|deliver to"
    r"|send(?: it)? to|under|agent|husband|wife|neighbou?r|son|daughter|brother|sister|mom|dad|mother|father|friend|boss|colleague|buyer"
    r"|to|for|by|with|ask for|talking to|spoke to|replace|and|tell|birthday|someone|can|name)"
    rf"\s?,?\s({_FULL}){_END}"
)
# First names that are words, where a sentence ends after them: I'm May.
_WORD_NAME = re.compile(
    rf"{_BEGIN}(?i:i am|i'm|i’m|this is|my name is|call me)\s((?:{any_of(_WORDS)}))(?=\s?(?:[,.!，。！]|$))"
)
_HERE = re.compile(rf"{_BEGIN}({_PART})\shere\b")
_CAPITALS = re.compile(rf"{_BEGIN}{_PART}(?:\s{_PART})+{_END}")
_PINYIN_NAME = re.compile(
    rf"{_BEGIN}(?:(?:{_PINYIN})\s(?i:(?:{_SYLLABLE}){{1,2}}|(?:{_SYLLABLE})-(?:{_SYLLABLE}))|[A-Z][a-z]+\s(?:{_PINYIN})){_END}"
)
_ALONE = re.compile(rf"^\s*({_FULL})(?=\s*[,，/|-]|\s+[+0-9])")


def candidates(seen: str, found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the places of names in Latin letters.

    Args:
        seen: A text as `plain` gives it.
        found: Where other personal data is.
    """
    if not re.search("[A-Za-z]{2}", seen):
        return
    for match in _TITLED.finditer(seen):
        if not _is_brand(match.group()):
            yield match.span()
    for match in _SURE.finditer(seen):
        place = _cut(seen, *match.span(1))
        # In small letters most words are none.
        if place and (match.group(1)[0].isupper() or match.group(1).split()[0] in _SMALL_FIRST):
            yield place
    for match in _WORD_NAME.finditer(seen):
        yield match.span(1)
    for pattern in (_HINTED, _HERE):
        for match in pattern.finditer(seen):
            place = _cut(seen, *match.span(1))
            if place and _is_likely(seen[slice(*place)], match.group()):
                yield place
    for match in _CAPITALS.finditer(seen):
        yield from _full_names(match)
    for match in _PINYIN_NAME.finditer(seen):
        words = match.group().split()
        is_name = words[0] in _FIRST or re.fullmatch(_PINYIN, words[0])
        if is_name and not _is_brand(match.group()):
            yield match.span()
    alone = _ALONE.match(seen) if found else None
    if alone and not _is_brand(alone.group(1)):
        first, *others = alone.group(1).split()
        if others or first in _FIRST:
            yield alone.span(1)


def _full_names(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield first names with surnames among words with capitals."""
    words = list(re.finditer(r"\S+", match.group()))
    for first, last in pairwise(words):
        known = first.group() in _FIRST and last.group() in _SURNAMES
        if known and not _is_brand(f"{first.group()} {last.group()}"):
            yield match.start() + first.start(), match.start() + last.end()


def _cut(seen: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the place of a name up to the first word that is none; None if the first is none."""
    kept = start
    for match in re.finditer(r"\S+", seen[start:end]):
        word = match.group().strip(".,")
        # White and Green are surnames, but no first names.
        is_surname = kept > start and word in _SURNAMES
        if word.lower() in _NOT_FIRST and not is_surname:
            break
        kept = start + match.end()
    if kept == start or _is_brand(seen[start:kept]):
        return None
    return start, kept


def _is_likely(name: str, whole: str) -> bool:
    words = name.split()
    introduced = re.match(
        r"(?i:i am|i'm|i’m|this is|dear|hi|hello|hey|thank|regards|cheers|sincerely)", whole
    )
    if words[0] in _FIRST or (words[0] in _WORDS and introduced):
        return introduced is not None or words[0] not in _WORDS or words[-1] in _SURNAMES
    return len(words) > 1 and words[-1] in _SURNAMES


def _is_brand(name: str) -> bool:
    plain = re.sub(r"[.'’]s?\b|\.", "", name)
    return any(plain == brand or plain.startswith(f"{brand} ") for brand in _NOT)
