"""Requests and answers of the service of copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, StrictBool, confloat, conint, conlist

from backends.campaigns.copy.briefs.brief import MOST_PRODUCTS, MOST_VARIANTS, Brief, Offer
from backends.fields import text
from backends.handoff.fields import Day, MaybeWords
from backends.http import Inbound, Wire

BRIEF_PATTERN, VARIANT_PATTERN = "^CB[0-9A-F]{10}$", "^CP[0-9A-F]{10}$"
_NAME = "^[A-Za-z][A-Za-z0-9_-]{0,39}$"
_Name = text(1, 40, pattern=_NAME)
_Product = text(1, 20)
_Money = confloat(ge=0.01, le=1_000_000)


class Statement(MaybeWords):
    """A sentence of at most 200 characters; an empty one says nothing."""

    max_length = 200


class Gift(MaybeWords):
    """What is given, in at most 40 characters."""

    max_length = 40


class CopyOfferRequest(Inbound):
    """What is offered; a promotion's terms that are left out are the catalogue's."""

    kind: Literal["percent", "amount", "gift", "free_shipping"]
    value: _Money | None = Field(None, description="Per cent off, or yuan off.")  # type: ignore[valid-type]
    gift: Gift | None = Field(None, description="What is given.")
    minimum: _Money | None = Field(None, description="Least order total in yuan.")  # type: ignore[valid-type]
    code: text(2, 20, pattern="^[A-Za-z0-9]+$") | None = Field(  # type: ignore[valid-type]
        None, description="What is typed at the till."
    )
    until: Day | None = Field(None, description="The last day, in the shop's time zone.")
    promotion: _Name | None = Field(None, description="Id of the catalogue's promotion.")  # type: ignore[valid-type]
    price_after: _Money | None = Field(  # type: ignore[valid-type]
        None, description="What the product is said to cost with it; refused when it is not so."
    )


class CopyBriefRequest(Inbound):
    """What copy is wanted: of products or of a category."""

    products: conlist(_Product, max_items=MOST_PRODUCTS) = Field([])  # type: ignore[valid-type]
    category: _Name | None = Field(None, description="Its best liked products are shown.")  # type: ignore[valid-type]
    audience: _Name | None = Field(None, description="Name of a segment.")  # type: ignore[valid-type]
    tone: _Name = "plain"  # type: ignore[valid-type]
    channel: _Name  # type: ignore[valid-type]
    language: Literal["zh", "en"]
    variants: conint(ge=1, le=MOST_VARIANTS, strict=True) = 3  # type: ignore[valid-type]
    offer: CopyOfferRequest | None = None
    facts: conlist(Statement, max_items=5) = Field(  # type: ignore[valid-type]
        [], description="What the shopkeeper vouches for, beside the catalogue."
    )
    points: conlist(Statement, max_items=3) = Field(  # type: ignore[valid-type]
        [], description="What the copy should make a point of; must follow from the facts."
    )
    scarce: StrictBool = Field(False, description="Say that few are left, where it is true.")

    def brief(self) -> Brief:
        """The brief."""
        offer = None
        if self.offer is not None:
            values = self.offer.dict()
            for name in ("value", "minimum", "price_after"):
                if values[name] is not None:
                    values[name] = round(values[name], 2)
            values["gift"] = _line(values["gift"] or "") or None
            offer = Offer(**values)
        return Brief(
            products=tuple(dict.fromkeys(self.products)),
            category=self.category,
            audience=self.audience,
            tone=self.tone,
            channel=self.channel,
            language=self.language,
            variants=self.variants,
            offer=offer,
            facts=_lines(self.facts),
            points=_lines(self.points),
            scarce=self.scarce,
        )


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_line, texts))))


class CopyGroundView(Wire):
    """What a piece of the text rests on."""

    piece: str
    fact: str
    source: str


class CopyVariantView(Wire):
    """One text."""

    reference: str
    brief: str
    text: str
    length: int
    most: int | None = Field(description="Longest in the channel; null when it is no more.")
    unit: str | None
    language: str
    channel: str
    product: str
    writer: str
    template: str | None
    edited: bool
    grounding: list[CopyGroundView]
    state: str
    reason: str | None = Field(description="Why it was rejected.")
    decided_at: datetime | None
    offer_until: datetime | None
    unusable: str | None = Field(description="Why it may not be sent now; null when it may be.")


class CopyBriefView(Wire):
    """A brief and what was written for it."""

    reference: str
    state: str
    asked: dict[str, Any]
    products: list[str]
    notes: list[str]
    created_at: datetime
    variants: list[CopyVariantView]


class CopyBriefList(Wire):
    """The newest briefs."""

    items: list[CopyBriefView]


class CopyVariantList(Wire):
    """The newest variants."""

    items: list[CopyVariantView]


class CopyPageQuery(Inbound):
    """Which part of the list."""

    limit: conint(ge=1, le=100) = 20  # type: ignore[valid-type]
    offset: conint(ge=0, le=1_000_000) = 0  # type: ignore[valid-type]


class CopyVariantQuery(CopyPageQuery):
    """Which variants."""

    state: Literal["draft", "approved", "rejected"] | None = None
    language: Literal["zh", "en"] | None = None
    channel: _Name | None = None  # type: ignore[valid-type]


class CopyChannelView(Wire):
    """A channel, and how long copy may be there."""

    name: str
    most: int
    unit: str


class CopyChoicesView(Wire):
    """What a brief can name."""

    tones: list[str]
    channels: list[CopyChannelView]
    audiences: list[str]
    most_percent_off: float
    longest_days: int
    scarce_at_most: int
