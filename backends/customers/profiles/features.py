"""The numbers that a profile may be made of: a list of what is allowed, all else stays out.

Name, phone, addresses, language, gender, age, ethnicity, religion, health, politics and whatever
else stands in no row of `BEHAVIOUR` and `FAMILIES` cannot become a feature.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backends.clock import SHOP_TIME
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History, Placed

YEAR_DAYS, RECENT_DAYS = 365, 90
_FEELING = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}
_HOURS = ("night", "morning", "afternoon", "evening")


@dataclass(frozen=True)
class Feature:
    """A number a profile may use.

    Attributes:
        name: as in rules and evidence.
        meaning: what it says, in a line.
        log: whether the classifier sees log(1 + value), as for counts, days and sums.
    """

    name: str
    meaning: str
    log: bool = False


BEHAVIOUR = (
    Feature("days_known", "days since the first order or look at a product", log=True),
    Feature("recency_days", "days since the last order", log=True),
    Feature("seen_days", "days since the last look at a product", log=True),
    Feature("orders_per_year", "orders of the last 365 days", log=True),
    Feature("orders_recent", "orders of the last 90 days", log=True),
    Feature("spent_per_year", "CNY paid for goods in the last 365 days", log=True),
    Feature("order_value", "mean CNY of goods in an order", log=True),
    Feature("price_level", "mean place of the price within its category, 0 cheapest, 1 dearest"),
    Feature("breadth", "number of categories ordered from", log=True),
    Feature("cancelled_share", "share of orders that were cancelled"),
    Feature("came_back_share", "share of orders with a return or an exchange"),
    Feature("looks_recent", "looks at products in the last 90 days", log=True),
    Feature("looks_left_share", "share of products looked at that were never ordered"),
    Feature("carts_left_share", "share of products put into the cart that were never ordered"),
    *(Feature(f"hours.{part}", f"share of orders and looks in the {part}") for part in _HOURS),
    Feature("messages", "number of messages kept", log=True),
    Feature("sentiment", "mean sentiment of the messages, -1 to 1"),
)
#: Features for each category of the catalogue: ``bought_share.shoes``.
FAMILIES = (
    Feature("bought_share", "share of a category in the pieces ordered"),
    Feature("looked_share", "share of a category in the looks at products"),
)
_FIXED = frozenset(feature.name for feature in BEHAVIOUR)
_FAMILY = frozenset(feature.name for feature in FAMILIES)
_LOG = frozenset(feature.name for feature in BEHAVIOUR if feature.log)


def is_feature(name: str) -> bool:
    """Whether a name is that of a feature, of whatever category."""
    return name in _FIXED or family_of(name) is not None


def family_of(name: str) -> str | None:
    """Return the family of a feature that there is for each category, None for any other."""
    family, _, category = name.partition(".")
    return family if family in _FAMILY and category else None


def is_log(name: str) -> bool:
    """Whether the classifier sees the feature's logarithm."""
    return name in _LOG


def feature_names(categories: Iterable[str]) -> tuple[str, ...]:
    """Return all features of a shop with such categories, in order."""
    shares = (f"{family.name}.{one}" for family in FAMILIES for one in categories)
    return (*(feature.name for feature in BEHAVIOUR), *shares)


def compute(history: History, goods: Goods, moment: datetime) -> dict[str, float]:
    """Return the features of a customer at a moment; what cannot be known is left out."""
    values: dict[str, float | None] = {
        **_orders(history, goods, moment),
        **_looks(history, moment),
        **_hours(history),
        **_said(history),
    }
    bought: Counter[str] = Counter()
    for order in history.kept:
        for line in order.lines:
            bought[line.product] += line.quantity
    looked = Counter(look.product for look in history.looks)
    values.update(_shares("bought_share", bought, goods))
    values.update(_shares("looked_share", looked, goods))
    return {name: float(value) for name, value in values.items() if value is not None}


def _orders(history: History, goods: Goods, moment: datetime) -> dict[str, float | None]:
    kept, all_orders = history.kept, history.orders
    worth = [(order.at, _worth(order)) for order in kept]
    year = [sum_ for at, sum_ in worth if _days(at, moment) <= YEAR_DAYS]
    levels = [
        goods.price_level(line.product, line.price_fen) for order in kept for line in order.lines
    ]
    categories = {goods.category(line.product) for order in kept for line in order.lines}
    first = min(_moments(history), default=None)
    return {
        "days_known": None if first is None else _days(first, moment),
        "recency_days": _days(max(at for at, _ in worth), moment) if worth else None,
        "orders_per_year": len(year),
        "orders_recent": sum(_days(at, moment) <= RECENT_DAYS for at, _ in worth),
        "spent_per_year": sum(year),
        "order_value": _mean([sum_ for _, sum_ in worth]),
        "price_level": _mean([level for level in levels if level is not None]),
        "breadth": len(categories - {None}),
        "cancelled_share": _mean([order.cancelled for order in all_orders]),
        "came_back_share": _mean([order.came_back for order in kept]),
    }


def _looks(history: History, moment: datetime) -> dict[str, float | None]:
    ordered = {line.product for order in history.kept for line in order.lines}
    looked = {look.product for look in history.looks}
    carted = {look.product for look in history.looks if look.kind == "cart"}
    last = max((look.at for look in history.looks), default=None)
    return {
        "seen_days": None if last is None else _days(last, moment),
        "looks_recent": sum(_days(look.at, moment) <= RECENT_DAYS for look in history.looks),
        "looks_left_share": _mean([product not in ordered for product in looked]),
        "carts_left_share": _mean([product not in ordered for product in carted]),
    }


def _hours(history: History) -> dict[str, float | None]:
    """The share of what was done in each quarter of the day, by the shop's clock."""
    moments = _moments(history)
    parts = Counter(_HOURS[at.astimezone(SHOP_TIME).hour // 6] for at in moments)
    return {f"hours.{part}": parts[part] / len(moments) if moments else None for part in _HOURS}


def _said(history: History) -> dict[str, float | None]:
    if not history.reads_messages:
        return {}
    feelings = [_FEELING[one.sentiment] for one in history.messages if one.sentiment]
    return {"messages": len(history.messages), "sentiment": _mean(feelings)}


def _shares(family: str, pieces: Counter[str], goods: Goods) -> dict[str, float | None]:
    by_category: Counter[str] = Counter()
    for product, count in pieces.items():
        category = goods.category(product)
        if category is not None:
            by_category[category] += count
    total = sum(by_category.values())
    return {
        f"{family}.{category}": by_category[category] / total if total else None
        for category in goods.categories
    }


def _moments(history: History) -> list[datetime]:
    """When something was ordered or looked at."""
    return [*(order.at for order in history.orders), *(look.at for look in history.looks)]


def _worth(order: Placed) -> float:
    """CNY of the goods."""
    return sum(line.price_fen * line.quantity for line in order.lines) / 100


def _days(at: datetime, moment: datetime) -> float:
    return max((moment - at).total_seconds(), 0.0) / 86_400


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
