"""Choose what to recommend, each product with the one reason that speaks most for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.snapshot import Item, Snapshot
from backends.recommendations import history
from backends.recommendations.history import Pair

if TYPE_CHECKING:
    from backends.recommendations.schemas import Code

Similar = Callable[[Item], Awaitable[list[Item]]]


@dataclass(frozen=True)
class Why:
    """A reason that holds in the data: a code, the product or number it speaks of."""

    code: Code
    product: Item | None = None
    count: int | None = None


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes:
        product: the product spoken of, or None.
        category: id of a category to stay in, or None.
        price_max: CNY, or None.
        bought: products the customer bought, the latest first; they are not recommended again.
        limit: how many.
    """

    product: Item | None
    category: str | None
    price_max: float | None
    bought: tuple[str, ...]
    limit: int


async def recommend(
    session: AsyncSession,
    snapshot: Snapshot,
    stock: dict[str, int],
    similar: Similar,
    wish: Wish,
    now: datetime,
) -> list[tuple[Item, Why]]:
    """Return products in stock within the wish, the best first, each with its reason.

    Beside a product: what was bought together with it, then what is like it. Otherwise: what goes
    with the customer's own purchases. When these are too few, what sells best in the category (that
    of the product, if one is spoken of) fills up, then what sells best at all.
    """
    barred = {*wish.bought, *([wish.product.id] if wish.product else [])}
    chosen: dict[str, tuple[Item, Why]] = {}

    def take(candidates: Iterator[tuple[Item, Why]]) -> None:
        for item, why in candidates:
            if len(chosen) >= wish.limit:
                return
            fits = (
                item.id not in barred
                and item.id not in chosen
                and stock.get(item.id, 0) > 0
                and (wish.category is None or item.category.id == wish.category)
                and (wish.price_max is None or item.price <= wish.price_max)
            )
            if fits:
                chosen[item.id] = (item, why)

    if wish.product is not None:
        pairs = await history.bought_together(session, [wish.product.id])
        take(_paired(snapshot, pairs, "bought_together"))
        if len(chosen) < wish.limit:
            alike = (await similar(wish.product))[: max(wish.limit * 2, 10)]
            take((item, Why("similar", product=wish.product)) for item in alike)
    elif wish.bought:
        pairs = await history.bought_together(session, wish.bought)
        take(_paired(snapshot, pairs, "because_you_bought"))
    if len(chosen) < wish.limit:
        sold = await history.purchases(session, now)
        home = wish.category or (wish.product.category.id if wish.product else None)
        if home is not None:
            take(_popular(snapshot, sold, home))
        if len(chosen) < wish.limit:
            take(_popular(snapshot, sold, None))
    return list(chosen.values())


def _paired(
    snapshot: Snapshot, pairs: dict[str, list[Pair]], code: Code
) -> Iterator[tuple[Item, Why]]:
    """Yield partners of the products, the strongest pairs first."""
    rows = [
        (pair, snapshot.by_id[product])
        for product, found in pairs.items()
        if product in snapshot.by_id
        for pair in found
        if pair.product in snapshot.by_id
    ]
    rows.sort(key=lambda row: (-row[0].count * (row[0].lift - 1), row[0].product))
    for pair, product in rows:
        yield snapshot.by_id[pair.product], Why(code, product=product, count=pair.count)


def _popular(
    snapshot: Snapshot, sold: dict[str, int], category: str | None
) -> Iterator[tuple[Item, Why]]:
    """Yield what sold lately, the most sold first; what sold nothing is not popular."""
    code: Code = "popular" if category is None else "popular_in_category"
    items = [
        item
        for item in snapshot.items
        if sold.get(item.id) and category in (None, item.category.id)
    ]
    for item in sorted(items, key=lambda one: (-sold[one.id], one.id)):
        yield item, Why(code, count=sold[item.id])
