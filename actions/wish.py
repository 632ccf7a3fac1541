"""What a customer wishes for, as it takes shape over several turns."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

#: Characters of a wish that the recommendation service reads.
MAX_WORDS = 200
_CENT = 0.01
_MOST_SHOWN = 60
_MOST_BRANDS = 10
_TUPLES = ("words", "without_brands", "shown")


def just_below(price: float) -> float:
    """Return the bound that leaves out what costs `price`, CNY."""
    return round(price - _CENT, 2)


def holds_wish(query: Any) -> bool:
    """Whether a value of the slot `last_query` is a wish, and not what was searched for."""
    return isinstance(query, Mapping) and query.get("kind") == "recommend"


@dataclass(frozen=True)
class Said:
    """What one message adds to a wish.

    Attributes:
        words: What was said beside all that the other attributes hold; empty when it says nothing.
        names_goods: Whether a kind of goods is named, so that another wish begins.
        recipient, color, size: For whom and how, in the customer's own words.
        category, brand: Ids or names to stay within.
        unwanted: Brands that are not wanted, ids or names.
        price_min, price_max: Bounds in CNY.
    """

    words: str = ""
    names_goods: bool = False
    recipient: str | None = None
    color: str | None = None
    size: str | None = None
    category: str | None = None
    brand: str | None = None
    unwanted: tuple[str, ...] = ()
    price_min: float | None = None
    price_max: float | None = None

    @property
    def gives_bounds(self) -> bool:
        """Whether a price is said."""
        return self.price_min is not None or self.price_max is not None

    @property
    def gives_details(self) -> bool:
        """Whether anything is said but words of which nothing is known."""
        return self != Said(words=self.words)


@dataclass(frozen=True)
class Wish:
    """What still holds of all that was said, and what was shown for it.

    Attributes:
        words: What was said of the goods, the oldest first.
        recipient, color, size: For whom and how; what is said last replaces what was said before.
        category, brand: Ids or names to stay within.
        without_brands: Brands not to show, ids or names.
        price_min, price_max: Bounds in CNY, as they were said.
        below: A bound that follows from "cheaper", CNY; the goods cost no more.
        product: Id of the product beside which something is wanted.
        relation: How: any, similar, goes_with or bought_together.
        shown: Ids of the products shown for the wish as it is, the oldest first.
    """

    words: tuple[str, ...] = ()
    recipient: str | None = None
    color: str | None = None
    size: str | None = None
    category: str | None = None
    brand: str | None = None
    without_brands: tuple[str, ...] = ()
    price_min: float | None = None
    price_max: float | None = None
    below: float | None = None
    product: str | None = None
    relation: str = "any"
    shown: tuple[str, ...] = ()

    @classmethod
    def from_slot(cls, query: Any) -> "Wish":
        """Return the wish in a value of the slot `last_query`; a search becomes the wish for it."""
        if not isinstance(query, Mapping):
            return cls()
        if holds_wish(query):
            known = {field.name for field in fields(cls)}
            held = {name: value for name, value in query.items() if name in known}
            return cls(**{**held, **{name: tuple(held.get(name) or ()) for name in _TUPLES}})
        return cls(
            words=tuple(filter(None, (query.get("q"), query.get("options")))),
            category=query.get("category"),
            brand=query.get("brand"),
            below=query.get("price_max"),
        )

    def to_slot(self) -> dict[str, Any]:
        """Return a value of the slot `last_query`, without what is empty."""
        held = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        lists = {name: list(value) for name, value in held.items() if name in _TUPLES}
        return {"kind": "recommend", **held, **lists}

    @property
    def text(self) -> str:
        """The customer's words, for whom and how first; the oldest are left out of too many.

        For whom something is says nothing of what is used with it.
        """
        words = list(self.words)
        alike = self.product is None or self.relation == "similar"
        recipient = self.recipient if alike else None
        while True:
            parts = [recipient, self.color, self.size, *words]
            text = " ".join(part for part in parts if part)
            if len(text) <= MAX_WORDS or not words:
                return text[:MAX_WORDS]
            del words[0]

    @property
    def upper_bound(self) -> float | None:
        """The most that the goods may cost, CNY."""
        bounds = [bound for bound in (self.price_max, self.below) if bound is not None]
        return min(bounds, default=None)

    def refined(self, said: Said) -> "Wish":
        """Return the wish with what was said last.

        Another kind of goods begins a wish that keeps for whom and for how much at most, and the
        brands not wanted; for somebody else, nothing is beside a product any more. Everything else is added, or replaces what was said of the same before.
        """
        wish = self.for_other_goods() if said.names_goods else self
        if said.gives_bounds:
            wish = replace(wish, price_min=said.price_min, price_max=said.price_max, below=None)
        words = (*wish.words, said.words) if said.words else wish.words
        wish = replace(
            wish,
            words=tuple(dict.fromkeys(words)),
            recipient=said.recipient or wish.recipient,
            color=said.color or wish.color,
            size=said.size or wish.size,
            category=said.category or wish.category,
            shown=(),
        )
        if said.recipient:
            wish = replace(wish, product=None, relation="any")
        if said.brand:
            kept = tuple(brand for brand in wish.without_brands if brand != said.brand)
            wish = replace(wish, brand=said.brand, without_brands=kept)
        return wish.excluding(said.unwanted) if said.unwanted else wish

    def for_other_goods(self) -> "Wish":
        """Return the wish for any goods: for whom, for how much at most, which brands not."""
        return Wish(
            recipient=self.recipient,
            price_max=self.price_max,
            without_brands=self.without_brands,
        )

    def excluding(self, brands: Iterable[str]) -> "Wish":
        """Return the wish without brands."""
        barred = tuple(dict.fromkeys([*self.without_brands, *brands]))[-_MOST_BRANDS:]
        brand = None if self.brand in barred else self.brand
        return replace(self, brand=brand, without_brands=barred, shown=())

    def beside(self, product: str, relation: str) -> "Wish":
        """Return the wish for something beside a product, whatever was said of the goods before.

        For whom, and which brands not, still holds; the price does for what is like the product.
        """
        wish = Wish(
            product=product,
            relation=relation,
            recipient=self.recipient,
            without_brands=self.without_brands,
        )
        if relation != "similar":
            return wish
        return replace(wish, price_min=self.price_min, price_max=self.price_max, below=self.below)

    def cheaper_than(self, price: float) -> "Wish":
        """Return the wish for what costs less than `price`, CNY, at any price below."""
        return replace(self, below=just_below(price), price_min=None)

    def without_last_words(self) -> "Wish":
        """Return the wish without what was said of the goods last."""
        return replace(self, words=self.words[:-1])

    def without_bounds(self) -> "Wish":
        """Return the wish at any price."""
        return replace(self, price_min=None, price_max=None, below=None)

    def showing(self, products: Iterable[str]) -> "Wish":
        """Return the wish with products that were shown for it."""
        shown = tuple(dict.fromkeys([*self.shown, *products]))[-_MOST_SHOWN:]
        return replace(self, shown=shown)
