"""The endpoints of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanic import Blueprint, Sanic

from backends.catalog import views
from backends.catalog.interpret import Interpretation
from backends.catalog.schemas import (
    PRODUCT_PATTERN,
    CategoryList,
    CategoryView,
    Interpreted,
    LanguageQuery,
    Lexicon,
    ProductDetail,
    ProductList,
    ProductPage,
    ProductQuery,
    PromotionList,
    PromotionQuery,
    RelatedQuery,
)
from backends.catalog.service import Catalog
from backends.catalog.snapshot import (
    Item,
    Named,
    Snapshot,
    read_stock,
    read_variant_stock,
)
from backends.catalog.vocabulary import phrase_key
from backends.clock import today
from backends.errors import not_found
from backends.http import Call, endpoint
from backends.search.settings import SearchSettings
from backends.search.text import normalise

blueprint = Blueprint("catalog", url_prefix="/v1")
PRODUCT = {"product": PRODUCT_PATTERN}


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    app.ctx.catalog = Catalog(SearchSettings())  # type: ignore[call-arg]
    await app.ctx.catalog.start(app.ctx.db)


@blueprint.listener("after_server_stop")
async def _stop(app: Sanic, loop: Any) -> None:
    await app.ctx.catalog.stop()


def catalog_of(call: Call) -> Catalog:
    """The catalogue of the server that handles a call."""
    return call.request.app.ctx.catalog


@endpoint(
    blueprint,
    "GET",
    "/products",
    summary="Search and browse products",
    query=ProductQuery,
    answers={200: ProductPage},
)
async def search_products(call: Call) -> ProductPage:
    """Find products by a customer's words, by filters, or all of them."""
    asked: ProductQuery = call.query
    catalog = catalog_of(call)
    async with call.db.read() as session:
        snapshot = await catalog.snapshot(session)
        stock = await read_stock(session)
        brand = identify(snapshot.brands, asked.brand)
        category = identify(snapshot.categories, asked.category)

        options = frozenset(filter(None, map(folded, (asked.options or "").split(","))))

        def limits(meant: Interpretation) -> tuple[float | None, float | None]:
            low = meant.price_min if asked.price_min is None else asked.price_min
            high = meant.price_max if asked.price_max is None else asked.price_max
            if low is not None and high is not None and low > high:
                return asked.price_min, asked.price_max  # what was read contradicts what was given
            return low, high

        def allowed(item: Item, meant: Interpretation) -> bool:
            wanted_brand = brand if asked.brand else meant.brand
            wanted_category = category if asked.category else meant.category
            low, high = limits(meant)
            return (
                (wanted_brand is None or item.brand.id == wanted_brand)
                and (wanted_category is None or item.category.id == wanted_category)
                and (low is None or item.price >= low)
                and (high is None or item.price <= high)
                and (not options or has_variant(item, options))
                and (
                    asked.in_stock is None
                    or (stock.get(item.id, 0) > 0) == (asked.in_stock == "true")
                )
            )

        query = asked.q if asked.q and asked.q.strip() else None
        if query is None:
            meant = Interpretation(said=True, terms=())
            found = [(item, ()) for item in snapshot.items if allowed(item, meant)]
            found.sort(key=lambda one: -one[0].popularity)
            matches: list[tuple[Item, tuple[str, ...]]] = list(found)
        else:
            result = await catalog.search(session, query, allowed)
            meant = result.interpretation
            matches = [(hit.item, hit.matched) for hit in result.hits]
    order = asked.sort or meant.sort or "relevance"
    if order != "relevance":
        matches.sort(key=lambda one: _ORDERS[order](one[0]))
    low, high = limits(meant)
    return ProductPage(
        query=asked.q,
        interpreted=Interpreted(
            terms=[term.key for term in meant.terms],
            brand=brand if asked.brand else meant.brand,
            category=category if asked.category else meant.category,
            price_min=low,
            price_max=high,
            corrected=meant.corrected,
        ),
        total=len(matches),
        items=[
            views.summary(item, asked.lang, stock, matched)
            for item, matched in matches[asked.offset : asked.offset + asked.limit]
        ],
        facets=views.facets([item for item, _ in matches], asked.lang),
    )


def folded(text: str) -> str:
    """Return an option's value or label as it is compared."""
    return "".join(normalise(text).split())


def has_variant(item: Item, options: frozenset[str]) -> bool:
    """Whether one variant of a product has all the options, folded values or labels."""
    for _, chosen, _ in item.variants:
        names = {option["value"] for option in chosen}
        names.update(label for option in chosen for label in option["value_label"].values())
        if options <= set(map(folded, names)):
            return True
    return False


_ORDERS: dict[str, Callable[[Item], Any]] = {
    "price_asc": lambda item: item.price,
    "price_desc": lambda item: -item.price,
    "rating": lambda item: (-(item.rating or 0), -item.rating_count),
    "newest": lambda item: -item.released.toordinal(),
}


@endpoint(
    blueprint,
    "GET",
    "/products/<product:str>",
    summary="A product by its id or by one of its SKUs",
    path_patterns=PRODUCT,
    query=LanguageQuery,
    answers={200: ProductDetail},
    errors=(404,),
)
async def product_detail(call: Call) -> ProductDetail:
    """Give everything about a product."""
    async with call.db.read() as session:
        snapshot = await catalog_of(call).snapshot(session)
        item = find(snapshot, call.path["product"])
        stock = await read_variant_stock(session, item.id)
    offers = views.current_offers(snapshot, today())
    return views.detail(item, call.query.lang, stock, offers)


@endpoint(
    blueprint,
    "GET",
    "/products/<product:str>/related",
    summary="Products that go with one or are like it",
    path_patterns=PRODUCT,
    query=RelatedQuery,
    answers={200: ProductList},
    errors=(404,),
)
async def related_products(call: Call) -> ProductList:
    """Give what the shop shows beside a product, then what is most like it."""
    catalog = catalog_of(call)
    async with call.db.read() as session:
        snapshot = await catalog.snapshot(session)
        item = find(snapshot, call.path["product"])
        beside = [snapshot.by_id[name] for name in item.goes_with if name in snapshot.by_id]
        related = {other.id: other for other in [*beside, *await catalog.similar(session, item)]}
        stock = await read_stock(session)
    shown = list(related.values())[: call.query.limit]
    return ProductList(items=[views.summary(other, call.query.lang, stock) for other in shown])


@endpoint(
    blueprint,
    "GET",
    "/categories",
    summary="All categories",
    query=LanguageQuery,
    answers={200: CategoryList},
)
async def categories(call: Call) -> CategoryList:
    """List the categories with how many products each has."""
    async with call.db.read() as session:
        snapshot = await catalog_of(call).snapshot(session)
    counts = dict.fromkeys(snapshot.categories, 0)
    for item in snapshot.items:
        counts[item.category.id] += 1
    return CategoryList(
        items=[
            CategoryView(id=one.id, label=one.names[call.query.lang], count=counts[one.id])
            for one in snapshot.categories.values()
        ]
    )


@endpoint(
    blueprint,
    "GET",
    "/promotions",
    summary="Promotions that hold today",
    query=PromotionQuery,
    answers={200: PromotionList},
)
async def promotions(call: Call) -> PromotionList:
    """List sales and coupons, of one product or category if one is named."""
    asked: PromotionQuery = call.query
    async with call.db.read() as session:
        snapshot = await catalog_of(call).snapshot(session)
    offers = views.current_offers(snapshot, today())
    if asked.product:
        item = _find(snapshot, asked.product)
        offers = [offer for offer in offers if item is not None and offer.holds_for(item)]
    if asked.category:
        category = identify(snapshot.categories, asked.category)
        inside = [item for item in snapshot.items if item.category.id == category]
        offers = [offer for offer in offers if any(offer.holds_for(item) for item in inside)]
    return PromotionList(items=[views.promotion(offer, asked.lang) for offer in offers])


@endpoint(
    blueprint,
    "GET",
    "/lexicon",
    summary="All names of brands, categories and products",
    answers={200: Lexicon},
)
async def lexicon(call: Call) -> Lexicon:
    """List every name the shop knows, with synonyms."""
    async with call.db.read() as session:
        snapshot = await catalog_of(call).snapshot(session)
    return views.lexicon(snapshot)


def find(snapshot: Snapshot, name: str) -> Item:
    """Return the product with an id or SKU.

    Raises:
        ApiError: 404 when there is none.
    """
    item = _find(snapshot, name)
    if item is None:
        raise not_found("There is no product of that id or SKU.")
    return item


def identify(group: dict[str, Named] | Any, name: str | None) -> str | None:
    """Return the id of a brand or category by its id or any of its names.

    A name that none has is given back as it is, so that nothing is found under it.
    """
    if name is None or name in group:
        return name
    key = phrase_key(name)
    for one in group.values():
        if key and key in {phrase_key(other) for other in (one.id, *one.all_names)}:
            return one.id
    return name


def _find(snapshot: Snapshot, name: str) -> Item | None:
    name = name.strip().upper()
    return snapshot.by_id.get(name) or snapshot.by_sku.get(name)
