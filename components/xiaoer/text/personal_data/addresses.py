r"""Postal addresses: what is enough to find somebody's door.

A city or a district alone is no address: customers ask whether the shop delivers there. A road
needs a number, an estate a building or a room.
"""

import re
from collections.abc import Iterator

from xiaoer.text.personal_data.lexicon import any_of, read_lexicon

_PLACES = read_lexicon("places.yml")
_NOT = frozenset(read_lexicon("english_names.yml")["not_addresses"])

# Without one of these there is no address.
_HINT = re.compile(
    r"[0-9一二三四五六七八九十A-Z][弄号號栋幢座室楼组单]|[0-9]{3,4}(?![0-9])|(?i:road|street|\b(?:st|rd|ave|blvd|ln|dr|box)\b|avenue"
    r"|lane|court|drive|square|place|way|terrace|crescent|mall|loop|close|boulevard)"
)
# Han characters of the names of places: not those that sentences are made of.
_HAN = "[一-鿿]"
_IN_PLACE = (
    "(?![我你您他她它们在住送寄给是为请把的了从写填换这那哪帮吗呢到收改发和去想要有没能可就])"
    + _HAN
)
_NUMERAL = r"(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,4})"
_WHICH = (
    rf"(?:[A-Za-z]?{_NUMERAL}(?:[-‐-―之][0-9A-Z]{{1,5}})?[A-Za-z]?|[A-Za-z]|[甲乙丙丁东南西北])"
)
_ROAD = rf"{_IN_PLACE}{{1,8}}(?:大道|大街|公路|环路|胡同|路|街|巷|道|里|弄)(?:[东南西北中]?[一二三四五]?段)?"
_NUMBERED_ROAD = rf"{_ROAD}\s?(?:[A-Z]?[0-9]{{1,5}}|[一二三四五六七八九十百]{{1,4}})(?:[-‐-―之][0-9]{{1,5}})?\s?(?:弄|号|號)院?"
_ESTATE = (
    rf"{_IN_PLACE}{{2,12}}(?:小区|花园|公寓|家园|苑|庄园|大厦|大楼|广场|新村|公馆|府|湾|中心|大学|学院|医院|中学|小学|村|庄"
    r"|园区|产业园|科技园|国际|[一二三四五六七八九]区|城)"
)
# Towers and rooms: 3栋2单元501, 5号楼1203室.
_BUILDING = rf"(?:[0-9]{{1,2}}期)?{_WHICH}\s?(?:栋|幢|号楼|座|单元|斋|舍)"
_ROOM = (
    rf"(?:{_WHICH}\s?(?:楼|层|室|号|户|房|组|队|门|单元|区|塔|馆)|附[0-9]+号|[0-9]{{3,4}}(?![0-9]))"
)
_NAMED = rf"(?:{_IN_PLACE}){{2,14}}?"
_TAIL = rf"(?:[\s,，]?(?:{_BUILDING}|{_ROOM}|{_ESTATE}(?=[\s\dA-Z东南西北]|[,，。;；]|$|{_IN_PLACE}))|{_NAMED}(?:{_BUILDING}|{_ROOM}))*"
_REGION = rf"(?:{_IN_PLACE}{{2,7}}(?:特别行政区|自治区|自治州|街道|地区|新区|开发区|省|市|区|县|旗|镇|乡|村))"
_ANCHOR = rf"(?:(?:{any_of([*_PLACES['provinces'], *_PLACES['cities']])})(?:省|市|自治区)?)"
_FRONT = rf"(?:{_ANCHOR}\s?)*(?:{_REGION}\s?)*"
_CORE = (
    rf"(?:{_NUMBERED_ROAD}{_TAIL}"
    rf"|{_ESTATE}[\s,，]?(?:[0-9]{{1,2}}期)?(?:{_BUILDING}|[0-9]{{1,5}}(?:号楼|栋|幢|室|组|队))(?:{_TAIL})"
    rf"|{_WHICH}(?:栋|幢|号楼)\s?{_WHICH}(?:单元|门)\s?{_WHICH}(?:室|号|户)?"
    rf"|{_IN_PLACE}{{2,6}}[0-9]{{1,2}}(?:栋|幢|座|号楼)\s?[0-9]{{3,4}}(?:室|房)?(?![0-9]))"
)
_CHINESE = re.compile(rf"{_FRONT}{_CORE}")
_LEAD = re.compile(rf"^(?:{any_of(_PLACES['leads'])})(?:[:：是在到])?")
_ANCHOR_INSIDE = re.compile(_ANCHOR)

# Street addresses in English. Without capitals the word for the street must be one that means
# little else.
_SURE = "Street|Road|Avenue|Boulevard|Blvd|Lane|St|Rd|Ave|Ln"
_UNSURE = "Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Crescent|Close|Circle|Mall|Loop|Parkway|Pkwy|Highway|Hwy|Quay|Walk|Row|Hill|Gardens"
_WORD = r"(?:(?:St|Mt|Dr)\.?\s|[NSEW]\.?\s|(?:rue|de|la|el)\s|[A-Z][\w'’.-]*\s|[0-9]{1,3}(?:st|nd|rd|th)\s){1,4}?"
_SMALL_WORD = r"(?:[a-z][a-z'’-]*\s){1,3}?"
_UNIT = r"(?:Flat|Apartment|Apt|Suite|Ste|Unit|Room|Rm|Floor|Building|Bldg|Block|#)\.?\s?#?[0-9A-Z][0-9A-Z-]{0,5}\b"
_AFTER_STREET = (
    r"(?:\s(?:NW|NE|SW|SE|North|South|East|West|Central)\b)?"
    rf"(?:,?\s(?i:{_UNIT}))*"
    r"(?:,?\s(?:[A-Z][a-z]+\s){0,2}?[A-Z][a-z]+(?=,|\s[A-Z]{2}|\s?$|\.|\s[A-Z][A-Z0-9])|,\s[A-Z][a-z]+(?:\s[A-Z][a-z]+)?){0,3}"
    r"(?:,?\s(?:[A-Z]{2,3})(?:\s[0-9]{4,5}(?:-[0-9]{4})?)?(?![A-Za-z0-9]))?"
    r"(?:,?\s[A-Z]{1,2}[0-9][0-9A-Z]?\s?[0-9][A-Z]{2}\b|,?\s[A-Z][0-9][A-Z]\s?[0-9][A-Z][0-9]\b|,?\s[0-9]{5}\b)?"
)
_ENGLISH = re.compile(
    rf"(?:(?i:{_UNIT}),?\s){{0,2}}(?:(?:No\.?\s?)?(?<![\w.$#/-])[0-9]{{1,5}}[A-Za-z]?,?\s{_WORD}(?:{_SURE}|{_UNSURE})\b\.?(?!\s[0-9])"
    rf"|(?<![\w.$#/-])[0-9]{{1,5}}\s{_SMALL_WORD}(?:street|road|avenue|boulevard|lane)\b)"
    rf"{_AFTER_STREET}"
    rf"|(?i:P\.?\s?O\.?\s?Box)\s[0-9]{{1,6}}{_AFTER_STREET}"
)


def candidates(seen: str) -> Iterator[tuple[int, int]]:
    """Yield the places of addresses in a text as `plain` gives it."""
    if not _HINT.search(seen):
        return
    for match in _CHINESE.finditer(seen):
        yield _start(seen, *match.span()), match.end()
    for match in _ENGLISH.finditer(seen):
        address = match.group().rstrip(" ,.")
        if address not in _NOT:
            yield match.start(), match.start() + len(address)


def _start(seen: str, start: int, end: int) -> int:
    """Return where an address begins: at a province or city, else behind what leads to it."""
    if seen[start] == "成" and seen[max(start - 1, 0)] in "改换变写":
        start += 1
    anchor = _ANCHOR_INSIDE.search(seen, start, end)
    if anchor and anchor.start() - start <= 8:
        return anchor.start()
    while (lead := _LEAD.match(seen[start:end])) and lead.end() < end - start:
        start += lead.end()
    return start
