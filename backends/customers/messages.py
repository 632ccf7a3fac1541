"""What customers wrote: kept with consent, masked, and forgotten in time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.models import CustomerMessage
from backends.customers.schemas import MessageRequest
from backends.orders.models import Customer, Order
from xiaoer.text.personal_data import mask

# One Chinese character, or a bare initial, may be any word.
_SHORTEST_NAME = 2


async def keep(
    session: AsyncSession, customer: Customer, told: MessageRequest, moment: datetime
) -> None:
    """Write a message down without the personal data in it.

    Phone and card numbers and the like go by their form; the customer's own name and the
    addresses of their orders, which have none, as the shop knows them.
    """
    rows = await session.execute(
        select(Order.address).where(Order.customer_id == customer.id).distinct()
    )
    session.add(
        CustomerMessage(
            customer_id=customer.id,
            text=_without(mask(told.text), customer.name, rows.scalars()),
            language=told.language,
            sentiment=told.sentiment,
            at=moment,
        )
    )
    await session.flush()


async def forget_messages(session: AsyncSession, moment: datetime) -> None:
    """Delete the messages from before a moment."""
    await session.execute(
        delete(CustomerMessage)
        .where(CustomerMessage.at < moment)
        .execution_options(synchronize_session=False)
    )


def _without(text: str, name: str, addresses: Iterable[str]) -> str:
    for address in sorted(filter(None, addresses), key=len, reverse=True):
        text = re.sub(re.escape(address), "[address]", text, flags=re.IGNORECASE)
    if len(name) >= _SHORTEST_NAME:
        # A Latin name must not be cut out of a longer word.
        edges = r"(?<![A-Za-z]){}(?![A-Za-z])" if name.isascii() else "{}"
        text = re.sub(edges.format(re.escape(name)), "[name]", text, flags=re.IGNORECASE)
    return text
