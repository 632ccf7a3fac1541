"""What copy may say: each fact as a sentence, with where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from backends.campaigns.copy.briefs.brief import Brief, Offer
from backends.campaigns.copy.law.forbidden import Forbidden
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.material.phrases import Phrases
from backends.campaigns.copy.wares import Ware
from xiaoer.generation.guard.injection import looks_like_instruction

_SENTENCES = {"zh": re.compile(r"(?<=[。！？])"), "en": re.compile(r"(?<=[.!?])\s+")}
_END = "。！？.!? "


@dataclass(frozen=True)
class Fact:
    """One thing that is true.

    Attributes:
        source: where it comes from: ``product AU-4001: price``, ``offer: code``, ``vouched: 1``.
        text: the whole sentence.
    """

    source: str
    text: str


@dataclass(frozen=True)
class WareFacts:
    """What may be said of one product, ready to be put into a sentence (no stop at the end).

    Attributes:
        ware: the product.
        name, brand, category: its names in the language.
        summary: None when the law does not let it be said.
        details: sentences of its description.
        attributes: ``{key: (label, value)}``.
        price, was, saving, final: sums as they are written, the last three None where there is none.
    """

    ware: Ware
    name: str
    brand: str
    category: str
    summary: str | None
    details: tuple[str, ...]
    attributes: Mapping[str, tuple[str, str]]
    price: str
    was: str | None
    saving: str | None
    final: str | None


@dataclass(frozen=True)
class Facts:
    """All that copy for a brief may say.

    Attributes:
        products: of each product.
        offers: whole wordings of the offer, the plainest first; empty without one.
        scarce: wordings of "few left"; empty when it may not be said.
        vouched: what the shopkeeper vouches for.
        points: what is to be made a point of.
        all: every fact as a sentence.
        until: the last day of the offer as it is written.
    """

    products: tuple[WareFacts, ...]
    offers: tuple[str, ...]
    scarce: tuple[str, ...]
    vouched: tuple[str, ...]
    points: tuple[str, ...]
    all: tuple[Fact, ...] = field(repr=False)
    until: str | None = None

    @property
    def evidence(self) -> tuple[str, ...]:
        """The sentences alone."""
        return tuple(fact.text for fact in self.all)


def gather(brief: Brief, wares: Sequence[Ware], material: Material) -> Facts:
    """Return what may be said.

    What the law of advertising does not let be said, and what speaks to a language model instead of
    people, is left out, also where it stands in the catalogue.
    """
    phrases = material.phrases.of(brief.language)
    maker = _Maker(brief, phrases, material.forbidden)
    products = tuple(maker.product(ware) for ware in wares)
    offers = _offers(brief.offer, phrases, brief.language) if brief.offer else ()
    for offer in offers:
        maker.note("offer", offer + phrases.end)
    until = None
    if brief.offer and brief.offer.until:
        until = _date(brief.offer.until, phrases)
        maker.note("offer: until", phrases.facts.until.format(until=until))
    scarce = tuple(phrases.scarce) if brief.scarce else ()
    for wording in scarce:
        maker.note("stock", wording + phrases.end)
    vouched = tuple(one.rstrip(_END) for one in brief.facts)
    for number, one in enumerate(vouched, 1):
        maker.note(f"vouched: {number}", one + phrases.end)
    points = tuple(one.rstrip(_END) for one in brief.points)
    return Facts(products, offers, scarce, vouched, points, tuple(maker.facts), until)


def money(fen: int, phrases: Phrases) -> str:
    """A sum as it is written."""
    return phrases.price.format(value=number(fen / 100))


def number(value: float) -> str:
    """A number without zeros that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


class _Maker:
    """Notes facts as they are made."""

    def __init__(self, brief: Brief, phrases: Phrases, forbidden: Forbidden) -> None:
        self.facts: list[Fact] = []
        self._brief = brief
        self._phrases = phrases
        self._forbidden = forbidden

    def note(self, source: str, text: str) -> None:
        self.facts.append(Fact(source, text))

    def product(self, ware: Ware) -> WareFacts:
        language, phrases = self._brief.language, self._phrases
        name, brand = ware.names[language], ware.brand[language]
        category = ware.category[language]
        said = phrases.facts

        def source(what: str) -> str:
            return f"product {ware.id}: {what}"

        self.note(source("name"), said.name.format(name=name, brand=brand, category=category))
        price = money(ware.price_fen, phrases)
        self.note(source("price"), said.price.format(name=name, price=price))
        was = saving = final = None
        if ware.was_fen is not None:
            was = money(ware.was_fen, phrases)
            saving = money(ware.was_fen - ware.price_fen, phrases)
            self.note(
                source("list price"),
                said.list_price.format(name=name, list_price=was, price=price, saving=saving),
            )
        if self._brief.offer:
            fen = self._brief.offer.final_fen(ware.price_fen)
            if fen is not None:
                final = money(fen, phrases)
                self.note(source("price with the offer"), said.final.format(name=name, final=final))
        summary = self._sayable(ware.summary[language].rstrip(_END))
        if summary:
            self.note(source("summary"), summary + phrases.end)
        details = []
        for sentence in _SENTENCES[language].split(ware.description[language]):
            if bare := self._sayable(sentence.strip().rstrip(_END)):
                details.append(bare)
                self.note(source("description"), bare + phrases.end)
        attributes = {}
        for key, label, value in ware.attributes:
            if not self._sayable(value[language]):
                continue
            attributes[key] = (label[language], value[language])
            text = (
                said.gift_for.format(value=value[language])
                if key == "gift_for"
                else said.attribute.format(label=label[language], value=value[language])
            )
            self.note(source(key), text)
        return WareFacts(
            ware, name, brand, category, summary, tuple(details), attributes, price, was, saving, final
        )  # fmt: skip

    def _sayable(self, text: str) -> str | None:
        allowed = text and not self._forbidden.find(text) and not looks_like_instruction(text)
        return text if allowed else None


def _date(day: date, phrases: Phrases) -> str:
    month = phrases.months[day.month - 1] if phrases.months else day.month
    return phrases.date.format(month=month, day=day.day)


def _offers(offer: Offer, phrases: Phrases, language: str) -> tuple[str, ...]:
    """Whole wordings: what, on which condition, with which code, until when."""
    wordings = phrases.offer if offer.minimum is None else phrases.offer_minimum
    first = getattr(wordings, offer.kind)
    values = {
        "value": number(offer.value) if offer.value is not None else "",
        "zhe": _zhe(offer.value),
        "gift": offer.gift or "",
        "minimum": number(offer.minimum) if offer.minimum is not None else "",
    }
    made = []
    for at, wording in enumerate(first):
        pieces = [wording.format(**values)]
        if offer.code:
            pieces.append(phrases.code[at % len(phrases.code)].format(code=offer.code))
        if offer.until:
            until = _date(offer.until, phrases)
            pieces.append(phrases.until[at % len(phrases.until)].format(until=until))
        made.append(phrases.clause.join(pieces))
    return tuple(made)


def _zhe(percent: float | None) -> str:
    """15 per cent off is 85 折, 20 per cent 8 折."""
    if percent is None:
        return ""
    left = 100 - percent
    return number(left / 10 if left % 10 == 0 or left < 10 or left % 1 else left)
