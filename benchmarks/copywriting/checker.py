"""A second judge of copy, which knows nothing of the rules that the shop judges by.

It sees the product's row and the offer, not the facts that were gathered from them: numbers are
strings of digits, forbidden words a plain list, the length is counted anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.wares import Ware

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FORBIDDEN = re.compile(
    r"最(?!近|后|多|少|晚|早|终|初|大承重|高水温)|第一(?!次|步|时间|口)|国家级|世界级|顶级|顶尖|极致|极品|独一无二|唯一|"
    r"首选|首个|首家|全网|史上|绝对|百分百|万能|永久|无敌|冠军|王牌|销量|治疗|疗效|根治|特效|抢疯|限量|仅剩|"
    r"库存|最后一天|今天|今晚|明天|保证|承诺|"
    r"\b(?:(?<!personal )best(?! friends?\b)|no\.? ?1|number one|guarantee\w*|ultimate|perfect|unbeatable|cheapest|lowest price\w*|world-class|"
    r"top-rated|miracle|cures?|heals?|clinically|hurry|last chance|today only|limited stock|only \d+ left)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"1[3-9]\d{9}|[\w.]+@[\w.]+|\d{17}[\dXx]")
#: The longest texts that the channels take: bytes of UTF-8 of the first three, else characters.
_LIMITS = {"wechat": 2048, "wecom": 2048, "wecom_kf": 2048, "slack": 3000, "web": 240}
_BYTES = {"wechat", "wecom", "wecom_kf"}


def violations(text: str, brief: Brief, ware: Ware) -> Iterator[str]:
    """Yield what is wrong with a text about one product."""
    for number in set(_NUMBER.findall(text)) - _known(brief, ware):
        yield f"number {number}"
    for word in _FORBIDDEN.findall(text):
        yield f"word {word}"
    if _PERSONAL.search(text):
        yield "personal data"
    length = len(text.encode()) if brief.channel in _BYTES else len(text)
    if length > _LIMITS[brief.channel]:
        yield f"length {length}"
    if ware.names[brief.language] not in text:
        yield "no name"
    if re.search(r"[{}\[\]]|\bNone\b", text):
        yield "unfilled"
    if _strange(text, brief.language):
        yield "language"
    offer = brief.offer
    if offer and offer.code and offer.code not in text:
        yield "no code"
    if offer and offer.until and str(offer.until.day) not in _NUMBER.findall(text):
        yield "no last day"


def _strange(text: str, language: str) -> bool:
    """Whether a text is in another language: names and units in Latin letters are no language."""
    if language == "en":
        return re.search("[\u4e00-\u9fff]", text) is not None
    return len(re.findall("[\u4e00-\u9fff]", text)) < 8 or bool(
        re.search(r"(?:\b[a-z]{2,}\b[ ,.]+){5}", text)
    )


def _known(brief: Brief, ware: Ware) -> set[str]:
    """The numbers that may stand in a text, from the product's row and the offer."""
    texts = [*ware.names.values(), *ware.summary.values(), *ware.description.values()]
    for _, labels, values in ware.attributes:
        texts += [*labels.values(), *values.values()]
    known = set(_NUMBER.findall(" ".join([*texts, *ware.brand.values()])))
    sums = [ware.price_fen]
    if ware.list_price_fen:
        sums += [ware.list_price_fen, ware.list_price_fen - ware.price_fen]
    offer = brief.offer
    if offer:
        known |= set(_NUMBER.findall(offer.code or ""))
        if offer.value and offer.kind == "percent":
            left = 100 - offer.value
            known |= {f"{offer.value:g}", f"{left:g}", f"{left / 10:g}"}
            sums.append(ware.price_fen - round(ware.price_fen * offer.value / 100))
        elif offer.value:
            known.add(f"{offer.value:g}")
            sums.append(ware.price_fen - round(offer.value * 100))
        if offer.minimum:
            known.add(f"{offer.minimum:g}")
        if offer.until:
            known |= {str(offer.until.month), str(offer.until.day)}
    return known | {f"{fen / 100:g}" for fen in sums} | {f"{fen / 100:.2f}" for fen in sums}
