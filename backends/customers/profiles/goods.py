"""What profiles need to know of products: the category, and how dear one is within it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

from backends.catalog.snapshot import Item, Snapshot


class Goods:
    """The catalogue, to look products up in.

    Args:
        snapshot: the catalogue; products that are not in it any more count for nothing.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.categories = tuple(snapshot.categories)
        prices: dict[str, list[float]] = defaultdict(list)
        for item in snapshot.items:
            prices[item.category.id].append(item.price)
        self._prices = {category: sorted(some) for category, some in prices.items()}

    def category(self, product: str) -> str | None:
        """Return the id of a product's category."""
        item = self.item(product)
        return None if item is None else item.category.id

    def item(self, product: str) -> Item | None:
        """Return the product, None when it is there no more."""
        return self.snapshot.by_id.get(product)

    def price_level(self, product: str, price_fen: int) -> float | None:
        """Return the share of its category's products that are cheaper; half of those as dear."""
        category = self.category(product)
        if category is None:
            return None
        prices, price = self._prices[category], price_fen / 100
        return (bisect_left(prices, price) + bisect_right(prices, price)) / (2 * len(prices))
