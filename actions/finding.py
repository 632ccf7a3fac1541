"""Reading the catalogue: by a query that is kept in the slot `last_query`, and by ids."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from actions.clients.catalog_models import ProductDetail, ProductSummary, SearchResult
from actions.clients.errors import NotFound
from actions.product_lines import PAGE
from actions.turn import Turn

Product = TypeVar("Product", bound=ProductSummary)

#: Goes before any upper bound in the customer's words.
_MOST = 10_000_000.0
_CANDIDATES = 50


async def find(turn: Turn, query: Mapping[str, Any]) -> SearchResult:
    """Return the page of `query` that begins at `query["offset"]`.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    return await turn.backends.catalog.search(
        turn.language,
        query.get("q"),
        category=query.get("category"),
        brand=query.get("brand"),
        price_max=query.get("price_max"),
        options=query.get("options"),
        sort=query.get("sort"),
        limit=PAGE,
        offset=int(query.get("offset") or 0),
    )


async def products(turn: Turn, ids: Iterable[str]) -> list[ProductDetail]:
    """Return products as they are now; none when one of them is gone.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    catalog = turn.backends.catalog
    try:
        return await asyncio.gather(*(catalog.product(each, turn.language) for each in ids))
    except NotFound:
        return []


async def nearest_in_price(
    turn: Turn, query: Mapping[str, Any], result: SearchResult
) -> list[ProductSummary]:
    """Return what `query` would find at any price, the nearest to the range it asked for first.

    Args:
        turn: The turn.
        query: The query that found nothing.
        result: Its result, which says what range was understood.

    Returns:
        A page at most; nothing when no range was asked for.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    low, high = result.interpreted.price_min, result.interpreted.price_max
    if low is None and high is None:
        return []
    found = await turn.backends.catalog.search(
        turn.language,
        query.get("q"),
        category=query.get("category"),
        brand=query.get("brand"),
        price_min=0,
        price_max=_MOST,
        limit=_CANDIDATES,
    )
    return nearest_first(found.items, low, high)[:PAGE]


def nearest_first(
    products: Iterable[Product], low: float | None, high: float | None
) -> list[Product]:
    """Return products by how far their price is from a range in CNY, the nearest first."""

    def distance(product: Product) -> float:
        return max((low or 0.0) - product.price, product.price - (high or product.price), 0.0)

    return sorted(products, key=distance)
