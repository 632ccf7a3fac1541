"""Chinese names, by what stands before and after them and by their characters."""

import re
from collections.abc import Iterator, Sequence

from xiaoer.text.personal_data.lexicon import any_of, characters, read_lexicon

_LEXICON = read_lexicon("chinese_names.yml")
_PLAIN = characters(_LEXICON["plain_surnames"])
_ALL = characters(_LEXICON["plain_surnames"] + _LEXICON["other_surnames"])
_COMPOUND = f"(?:{any_of(_LEXICON['compound_surnames'])})"
_GIVEN = characters(_LEXICON["given"])
_WORDS = frozenset(_LEXICON["words"])
_NOT = frozenset(_LEXICON["not_names"]) | _WORDS
_HAN = "[一-鿿]"
# What ends a name: no Han character, or one that sentences go on with.
_END = rf"(?=$|(?!{_HAN})|[的了吗呢吧啊呀收在说，是不从给和、签名写电手地]|{any_of(_LEXICON['after'])})"
_NEXT = r"\s*[:：,，是为叫]?\s*[“\"「]?"

# Any surname and one or two characters, where it is sure that a name comes.
_SURE = (
    rf"(?:{_COMPOUND}{_HAN}{{1,2}}|{_ALL}(?:{_HAN}{{2}}{_END}|{_HAN}{_END}|{_GIVEN}{{2}}|{_GIVEN}))"
)
_INTRODUCED = re.compile(rf"(?:{any_of(_LEXICON['introductions'])}){_NEXT}({_SURE})")
_CALLED = re.compile(rf"姓({_ALL}|{_COMPOUND})(?=$|(?!{_HAN})|[的，])")

# A surname and characters of names, where one may come.
_LIKELY = rf"(?:{_COMPOUND}{_GIVEN}{{1,2}}|{_ALL}{_GIVEN}{{1,2}})"
_HINTED = re.compile(rf"(?:{any_of(_LEXICON['hints'])})[:：]?\s?({_LIKELY}){_END}")
_DOING = re.compile(rf"(?:^|(?<!{_HAN}))({_LIKELY})(?={any_of(_LEXICON['after'])})")

# Without a hint: two characters of names after a surname that begins no word.
# A message that begins with who is greeted, or who sends it.
_GREETED = re.compile(rf"^((?:{_COMPOUND}|{_ALL}){_HAN}{{1,2}})(?=[,，!！]?\s?[您你]好)")
_HEADED = re.compile(rf"^({_LIKELY})(?=[:：])")
_FREE = re.compile(rf"((?:{_PLAIN}{_GIVEN}{{2}}|{_COMPOUND}{_GIVEN}{{1,2}})){_END}")
# The whole text, or all between two marks, beside a phone number or an address.
_ALONE = re.compile(
    rf"(?:^|(?<=[\s,，;；、:：/。\]）)]))({_COMPOUND}{_HAN}{{1,2}}|{_ALL}{_HAN}{{1,2}})(?=$|[\s,，;；、/:：。（(\[0-9+])"
)

_TITLES = any_of(_LEXICON["titles"])
_LONG_TITLES = any_of(title for title in _LEXICON["titles"] if len(title) > 1)
_TITLED = re.compile(
    rf"(?<!小)(?:{_COMPOUND}|{_ALL})(?:{_GIVEN}{{1,2}})?(?:{_LONG_TITLES})(?!们|包|款|装|鞋|表|姐|码|节)"
)
_SHORT_TITLED = re.compile(
    rf"(?:^|(?<!{_HAN})|(?<=[给找叫让是用问和跟板]))(?:{_ALL}[哥姐总工]|[老小]{_ALL})(?=$|(?!{_HAN})|[的说你您在带就也，来打给]|收)"
)
_NOT_TITLED = re.compile(rf"(?:{any_of(_LEXICON['not_before_titles'])})$")


def candidates(seen: str, found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the places of Chinese names.

    Args:
        seen: A text as `plain` gives it.
        found: Where other personal data is.
    """
    for match in _TITLED.finditer(seen):
        # A word that ends like a surname: 谢谢老板.
        before = seen[max(match.start() - 1, 0) : match.start() + 1]
        words = _NOT_TITLED.search(seen[: match.start() + 1]) or before in _NOT
        if not words and match.group() not in _NOT:
            yield match.span()
    for pattern in (_INTRODUCED, _CALLED):
        for match in pattern.finditer(seen):
            # Who introduces a name means it, even if it is one of a brand.
            if match.group(1) not in _WORDS:
                yield match.span(1)
    for pattern in (_HINTED, _DOING, _FREE, _GREETED, _HEADED):
        for match in pattern.finditer(seen):
            if not _is_word(match.group(1)):
                yield match.span(1)
    for match in _SHORT_TITLED.finditer(seen):
        if match.group() not in _NOT:
            yield match.span()
    if found:
        for match in _ALONE.finditer(seen):
            if not _is_word(match.group(1)) and _is_beside(match.span(1), found):
                yield match.span(1)


def _is_word(name: str) -> bool:
    return name in _NOT or name[:2] in _NOT or name[1:] in _NOT


def _is_beside(place: tuple[int, int], found: Sequence[tuple[int, int]]) -> bool:
    """Whether at most three characters are between a name and something else that is personal."""
    return any(-1 < start - place[1] <= 3 or -1 < place[0] - end <= 3 for start, end in found)
