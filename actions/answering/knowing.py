"""What is known of a customer and may be said to him."""

import asyncio
import re

from actions.clients.errors import BackendError
from actions.turn import Turn
from xiaoer.generation.guard.injection import looks_like_instruction
from xiaoer.text.personal_data import find

#: A name as people write it; anything else may be a trick.
_NAME = re.compile(r"[^\W\d_]+(?:[ ·'’-][^\W\d_]+){0,3}\.?")
_LONGEST_NAME = 20
_LONGEST_PRODUCT = 80
_SECONDS = 0.4


def name_of(turn: Turn) -> str | None:
    """Return the customer's name, if one is known and looks like a name."""
    name = str(turn.slot("customer_name") or "").strip()
    fits = len(name) <= _LONGEST_NAME and _NAME.fullmatch(name)
    return name if fits and not looks_like_instruction(name) else None


async def last_product(turn: Turn) -> str | None:
    """Return what the customer ordered last; None when he may see no order, or it takes long."""
    try:
        orders = await asyncio.wait_for(turn.backends.orders.orders(turn.customer), _SECONDS)
    except (BackendError, asyncio.TimeoutError):
        return None
    if not orders.items:
        return None
    product = orders.items[0].first_item.get(turn.language, "")
    unsafe = len(product) > _LONGEST_PRODUCT or looks_like_instruction(product) or find(product)
    return None if unsafe else product or None
