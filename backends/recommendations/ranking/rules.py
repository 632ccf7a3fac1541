"""Business rules: which products may be recommended, and which rules give way when none is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from backends.catalog.snapshot import Item
from backends.recommendations.ranking.candidate import Candidate
from backends.recommendations.ranking.policy import Policy


@dataclass(frozen=True)
class Rule:
    """A condition on products.

    Attributes:
        name: in the log.
        keeps: whether a product may be recommended.
        soft: whether the rule gives way rather than that nothing is recommended.
    """

    name: str
    keeps: Callable[[Item], bool]
    soft: bool = False


@dataclass(frozen=True)
class Wanted:
    """What is asked for; brands and categories by id, sums in CNY and inclusive.

    Attributes:
        category, brand: to stay in.
        without_brands: not to be shown.
        without: ids of products not to be shown.
    """

    category: str | None = None
    brand: str | None = None
    without_brands: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    price_min: float | None = None
    price_max: float | None = None


@dataclass(frozen=True)
class Rules:
    """What a list must keep to.

    Attributes:
        rules: the soft ones in the order in which they give way.
        cap: how many products of a category, by its id; None: any number.
        diversity: as in `Policy`.
    """

    rules: tuple[Rule, ...]
    cap: Callable[[str], int | None]
    diversity: float


@dataclass(frozen=True)
class Sifted:
    """What the rules leave.

    Attributes:
        kept: candidates that may be recommended, in the order given.
        dropped: how many candidates each rule dropped; each is counted once.
        relaxed: names of the soft rules that gave way.
    """

    kept: list[Candidate]
    dropped: Counter[str]
    relaxed: tuple[str, ...]


def rules_for(
    wanted: Wanted,
    policy: Policy,
    stock: Mapping[str, int],
    bought: Mapping[str, datetime],
    now: datetime,
    at_large: bool,
) -> Rules:
    """Return the rules for one list.

    Stock, price, and what is asked not to be shown hold always. When nothing is left, these give
    way, the first of them first: not bought already, the brand asked for, the category asked for.

    Args:
        wanted: what is asked for.
        policy: the shopkeeper's.
        stock: pieces by product id.
        bought: when the customer last bought a product, by its id, aware.
        now: the present, aware.
        at_large: whether the list is about no product and no category, so that caps hold.
    """
    rules = [
        in_stock(stock),
        within_prices(wanted.price_min, wanted.price_max),
        not_of_brands(wanted.without_brands),
        not_among(wanted.without),
        not_bought(bought, policy, now),
    ]
    if wanted.brand is not None:
        rules.append(of_brand(wanted.brand))
    if wanted.category is not None:
        rules.append(of_category(wanted.category))
    return Rules(tuple(rules), policy.cap if at_large else lambda _: None, policy.diversity)


def in_stock(stock: Mapping[str, int]) -> Rule:
    """Keep what there is at least one piece of."""
    return Rule("in_stock", lambda item: stock.get(item.id, 0) > 0)


def within_prices(low: float | None, high: float | None) -> Rule:
    """Keep what costs neither less nor more, CNY; None is no bound."""
    return Rule(
        "price",
        lambda item: (low is None or item.price >= low) and (high is None or item.price <= high),
    )


def not_of_brands(brands: Collection[str]) -> Rule:
    """Keep what is of no brand asked out."""
    return Rule("brand_out", lambda item: item.brand.id not in brands)


def not_among(products: Collection[str]) -> Rule:
    """Keep what is none of the products asked out."""
    return Rule("product_out", lambda item: item.id not in products)


def not_bought(bought: Mapping[str, datetime], policy: Policy, now: datetime) -> Rule:
    """Keep what the customer did not buy, or may want again by now."""

    def keeps(item: Item) -> bool:
        rest = policy.rest(item.category.id)
        return item.id not in bought or (rest is not None and now - bought[item.id] >= rest)

    return Rule("bought_already", keeps, soft=True)


def of_brand(brand: str) -> Rule:
    """Keep what is of the brand asked for."""
    return Rule("brand", lambda item: item.brand.id == brand, soft=True)


def of_category(category: str) -> Rule:
    """Keep what is of the category asked for."""
    return Rule("category", lambda item: item.category.id == category, soft=True)


def sift(candidates: Iterable[Candidate], rules: Iterable[Rule]) -> Sifted:
    """Keep the candidates that keep to all rules; when there are none, let soft rules give way.

    Of those that keep to every hard rule, the ones are left that break the fewest wishes: to break
    a later soft rule is worse than to break all before it. So a rule gives way only where nothing
    else could be shown, and nothing is mixed that breaks different rules.
    """
    rules = tuple(rules)
    hard = [rule for rule in rules if not rule.soft]
    soft = [rule for rule in rules if rule.soft]
    dropped: Counter[str] = Counter()
    by_breach: dict[int, list[Candidate]] = {}
    for one in candidates:
        broken = next((rule.name for rule in hard if not rule.keeps(one.item)), None)
        if broken is not None:
            dropped[broken] += 1
            continue
        # Bit i says that soft rule i is broken, so later rules weigh more.
        breach = sum(1 << at for at, rule in enumerate(soft) if not rule.keeps(one.item))
        by_breach.setdefault(breach, []).append(one)
    least = min(by_breach, default=0)
    kept = by_breach.pop(least, [])
    for breach, others in by_breach.items():
        worst = (breach & ~least).bit_length() - 1
        dropped[soft[worst].name] += len(others)
    relaxed = tuple(rule.name for at, rule in enumerate(soft) if least >> at & 1)
    return Sifted(kept, dropped, relaxed)
