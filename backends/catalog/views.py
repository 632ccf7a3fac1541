"""From products as the search knows them to what customers' programs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from backends.catalog.schemas import (
    AttributeView,
    Facets,
    FacetValue,
    Language,
    Lexicon,
    LexiconEntry,
    OptionView,
    PriceFacet,
    ProductDetail,
    ProductSummary,
    PromotionView,
    ReviewSample,
    ReviewsView,
    SizeView,
    VariantView,
)
from backends.catalog.snapshot import Item, Named, Offer, Snapshot
from backends.clock import SHOP_TIME

_PRICE_STEPS = (0, 100, 200, 500, 1000, 2000, 5000, 10_000)


def summary(
    item: Item, language: Language, stock: Mapping[str, int], matched: Iterable[str] = ()
) -> ProductSummary:
    """A product as it stands in a list; ``stock`` is pieces by product id."""
    return ProductSummary(
        id=item.id,
        name=item.names[language],
        brand=item.brand.names[language],
        category=item.category.id,
        category_label=item.category.names[language],
        price=item.price,
        list_price=item.list_price,
        currency="CNY",
        in_stock=stock.get(item.id, 0) > 0,
        rating=item.rating,
        rating_count=item.rating_count,
        summary=item.summary[language],
        matched=list(matched),
    )


def detail(
    item: Item, language: Language, stock: Mapping[str, int], offers: Iterable[Offer]
) -> ProductDetail:
    """Everything about a product; ``stock`` is pieces by SKU."""
    short = summary(item, language, {item.id: sum(stock.values())})
    return ProductDetail(
        **short.dict(),
        description=item.description[language],
        attributes=[
            AttributeView(
                key=one["key"], label=one["label"][language], value=one["value"][language]
            )
            for one in item.attributes
        ],
        variants=[
            VariantView(
                sku=sku,
                options=[
                    OptionView(
                        key=option["key"],
                        label=option["value_label"][language],
                        value=option["value"],
                    )
                    for option in options
                ],
                price=price,
                stock=stock.get(sku, 0),
            )
            for sku, options, price in item.variants
        ],
        reviews=ReviewsView(
            average=item.rating,
            count=item.rating_count,
            samples=[
                ReviewSample(rating=stars, text=texts[language]) for stars, texts in item.samples
            ],
        ),
        size_guide=[SizeView(size=row["size"], fits=row[language]) for row in item.size_guide]
        if item.size_guide
        else None,
        promotions=[promotion(offer, language) for offer in offers if offer.holds_for(item)],
    )


def promotion(offer: Offer, language: Language) -> PromotionView:
    """A promotion, from the first moment of its first day to the last of its last."""
    return PromotionView(
        id=offer.id,
        title=offer.title[language],
        kind=offer.kind,
        value=offer.value,
        starts=datetime.combine(offer.starts, time.min, SHOP_TIME),
        ends=datetime.combine(offer.ends, time(23, 59, 59), SHOP_TIME),
        scope=dict(offer.scope),
        code=offer.code,
        minimum=offer.minimum,
    )


def current_offers(snapshot: Snapshot, day: date) -> list[Offer]:
    """The promotions that hold on a day, those that end first at the front."""
    offers = [offer for offer in snapshot.offers if offer.starts <= day <= offer.ends]
    return sorted(offers, key=lambda offer: offer.ends)


def facets(items: list[Item], language: Language) -> Facets:
    """Counts by category, brand and price, the largest first; empty ones are left out."""
    prices = []
    for at, low in enumerate(_PRICE_STEPS):
        high = _PRICE_STEPS[at + 1] if at + 1 < len(_PRICE_STEPS) else None
        count = sum(low <= item.price and (high is None or item.price < high) for item in items)
        if count:
            prices.append(PriceFacet(min=low, max=high, count=count))
    return Facets(
        category=_counted([item.category for item in items], language),
        brand=_counted([item.brand for item in items], language),
        price=prices,
    )


def _counted(names: list[Named], language: Language) -> list[FacetValue]:
    labels = {name.id: name.names[language] for name in names}
    return [
        FacetValue(value=identifier, label=labels[identifier], count=count)
        for identifier, count in Counter(name.id for name in names).most_common()
    ]


def lexicon(snapshot: Snapshot) -> Lexicon:
    """Every brand, category and product with its names in both languages."""
    entries = [
        LexiconEntry(entity="brand", value=one.id, synonyms=list(one.all_names))
        for one in snapshot.brands.values()
    ]
    entries += [
        LexiconEntry(entity="category", value=one.id, synonyms=list(one.all_names))
        for one in snapshot.categories.values()
    ]
    for item in snapshot.items:
        names = dict.fromkeys([*item.names.values(), *item.synonyms])
        entries.append(LexiconEntry(entity="product_name", value=item.id, synonyms=list(names)))
    return Lexicon(entries=entries)
