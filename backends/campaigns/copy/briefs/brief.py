"""What copy is wanted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from backends.clock import SHOP_TIME

PERCENT, AMOUNT, GIFT, FREE_SHIPPING = "percent", "amount", "gift", "free_shipping"
KINDS = (PERCENT, AMOUNT, GIFT, FREE_SHIPPING)
#: Most products of one brief.
MOST_PRODUCTS = 6
MOST_VARIANTS = 10


@dataclass(frozen=True)
class Offer:
    """What is offered with the product.

    Attributes:
        kind: one of `KINDS`.
        value: per cent off (15 is 85 折), or yuan off; None for the others.
        gift: what is given with it.
        minimum: least order total in yuan, or None.
        code: what is typed at the till, or None.
        until: the last day, in the shop's time zone; None for one without an end.
        promotion: id of the catalogue's promotion that it is, or None.
        price_after: what the shopkeeper says the product costs with it, in yuan; to be checked.
    """

    kind: str
    value: float | None = None
    gift: str | None = None
    minimum: float | None = None
    code: str | None = None
    until: date | None = None
    promotion: str | None = None
    price_after: float | None = None

    @property
    def ends(self) -> datetime | None:
        """The moment after which it no longer holds."""
        if self.until is None:
            return None
        return datetime.combine(self.until, time(23, 59, 59), SHOP_TIME)

    def saving_fen(self, price_fen: int) -> int | None:
        """What it takes off a price; None when it takes off nothing or the minimum is not met."""
        if self.value is None or self.kind not in (PERCENT, AMOUNT):
            return None
        if self.minimum is not None and price_fen < round(self.minimum * 100):
            return None
        if self.kind == AMOUNT:
            return round(self.value * 100)
        return round(price_fen * self.value / 100)

    def final_fen(self, price_fen: int) -> int | None:
        """What a product costs with it; None when it is not for one product alone."""
        saving = self.saving_fen(price_fen)
        return None if saving is None else price_fen - saving


@dataclass(frozen=True)
class Brief:
    """What copy is wanted.

    Attributes:
        products: ids; empty when a category is named.
        category: whose best liked products are to be shown, or None.
        audience: a segment's name, or None for everybody.
        facts: sentences that the shopkeeper vouches for, beside the catalogue's.
        points: what the copy should make a point of; each must follow from the facts.
        scarce: whether to say that few are left.
    """

    products: tuple[str, ...]
    category: str | None
    audience: str | None
    tone: str
    channel: str
    language: str
    variants: int
    offer: Offer | None = None
    facts: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    scarce: bool = False

    def record(self) -> dict[str, Any]:
        """The brief as JSON."""
        written = asdict(self)
        if self.offer and self.offer.until:
            written["offer"]["until"] = self.offer.until.isoformat()
        return written

    @classmethod
    def read(cls, record: dict[str, Any]) -> Brief:
        """The brief from its JSON."""
        values = dict(record)
        if offer := values.pop("offer"):
            until = offer.get("until")
            values["offer"] = Offer(**{**offer, "until": until and date.fromisoformat(until)})
        for name in ("products", "facts", "points"):
            values[name] = tuple(values[name])
        return cls(**values)
