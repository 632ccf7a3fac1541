"""How facts and offers are put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, conlist, validator

from backends.campaigns.copy.material.reading import Strict

if TYPE_CHECKING:
    _Wordings = list[str]
else:
    _Wordings = conlist(str, min_items=1)


class OfferPhrases(Strict):
    """Wordings of an offer by its kind."""

    percent: _Wordings
    amount: _Wordings
    gift: _Wordings
    free_shipping: _Wordings


class FactPhrases(Strict):
    """Sentences of the evidence."""

    name: str
    price: str
    list_price: str
    attribute: str
    gift_for: str
    until: str
    final: str


class Phrases(Strict):
    """The phrases of one language."""

    price: str
    date: str
    months: list[str] = Field([])
    end: str
    clause: str
    joint: str
    row: str
    facts: FactPhrases
    offer: OfferPhrases
    offer_minimum: OfferPhrases
    code: _Wordings
    until: _Wordings
    scarce: _Wordings

    @validator("months")
    def _year(cls, months: list[str]) -> list[str]:
        if len(months) not in (0, 12):
            raise ValueError("must be twelve names, or none")
        return months


class PhraseBook(Strict):
    """``phrases.yml``."""

    zh: Phrases
    en: Phrases

    def of(self, language: str) -> Phrases:
        """Those of one language."""
        return self.zh if language == "zh" else self.en
