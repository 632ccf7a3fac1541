"""Which orders came after what: the last touch before an order has it, within a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from backends.insights.measures.counting.scope import Scope
from backends.orders.models import Order, OrderItem, Refund

WINDOW = timedelta(days=7)


@dataclass
class Sale:
    """An order that was paid and has not been given back.

    Attributes:
        products: what was paid for each, in fen.
    """

    number: str
    customer: str
    at: datetime
    total_fen: int
    products: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True)
class Touch:
    """Something that may have led to an order.

    Attributes:
        products: what it showed; None when any order counts.
    """

    id: int
    customer: str
    at: datetime
    products: frozenset[str] | None = None

    def may_have(self, sale: Sale) -> bool:
        """Whether an order can be this one's."""
        if not timedelta(0) <= sale.at - self.at <= WINDOW:
            return False
        return self.products is None or not self.products.isdisjoint(sale.products)

    def worth(self, sale: Sale) -> int:
        """What of an order is this one's, in fen."""
        if self.products is None:
            return sale.total_fen
        shown = sum(paid for product, paid in sale.products.items() if product in self.products)
        # Discounts are known of the whole order only.
        return min(shown, sale.total_fen)


async def read_sales(scope: Scope, customers: Any) -> list[Sale]:
    """Read what customers bought on these days and in the week after.

    Args:
        scope: the days.
        customers: a query for their ids.
    """
    given_back = exists().where(Refund.order_number == Order.number, Refund.status != "rejected")
    rows = await scope.session.execute(
        select(
            Order.number,
            Order.customer_id,
            Order.placed_at,
            Order.total_fen,
            OrderItem.product_id,
            OrderItem.price_fen * OrderItem.quantity,
        )
        .join(OrderItem, OrderItem.order_number == Order.number)
        .where(
            Order.customer_id.in_(customers),
            Order.placed_at >= scope.begin,
            Order.placed_at <= scope.end + WINDOW,
            Order.paid_at.is_not(None),
            Order.status != "cancelled",
            ~given_back,
        )
    )
    sales: dict[str, Sale] = {}
    for number, customer, at, total, product, paid in rows:
        sale = sales.setdefault(number, Sale(number, customer, at, total))
        sale.products[product] += paid
    return list(sales.values())


def last_touches(touches: Iterable[Touch], sales: Iterable[Sale]) -> Mapping[int, list[Sale]]:
    """The orders that each touch has, by its id; an order is at most one's."""
    by_customer: dict[str, list[Touch]] = defaultdict(list)
    for touch in touches:
        by_customer[touch.customer].append(touch)
    found: dict[int, list[Sale]] = defaultdict(list)
    for sale in sales:
        before = [each for each in by_customer[sale.customer] if each.may_have(sale)]
        if before:
            last = max(before, key=lambda each: (each.at, each.id))
            found[last.id].append(sale)
    return found
