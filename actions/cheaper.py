"""The same for less."""

import asyncio
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import ProductDetail
from actions.clients.errors import NotFound
from actions.finding import find
from actions.product_lines import price_text
from actions.product_reference import exact_references, shown_products
from actions.recommending import recommend
from actions.search import show_page, show_result
from actions.turn import Event, Turn

_CENT = 0.01


class ActionCheaperProducts(ShopAction):
    """Shows what costs less than the product spoken of or the dearest shown, the cheapest first.

    It stays within the search before; where nothing costs less, it says which is the cheapest.
    """

    action_name = "action_cheaper_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Find what is cheaper."""
        if turn.message.has("product", "category", "brand") and turn.message.words:
            return await show_page(turn, {"kind": "search", "q": turn.message.words})
        seen = await _seen(turn)
        if not seen:
            return await recommend(turn, {})
        query = _query(turn, seen)
        if query["kind"] == "recommend":
            return await recommend(turn, query)
        result = await find(turn, query)
        if {each.id for each in result.items} - {each.id for each in seen}:
            return show_result(turn, query, result)
        cheapest = min(seen, key=lambda each: each.price)
        turn.say("utter_nothing_cheaper", name=cheapest.name, price=price_text(turn, cheapest))
        return [SlotSet("search_outcome", "found"), SlotSet("current_product", cheapest.id)]


async def _seen(turn: Turn) -> list[ProductDetail]:
    """Return the product named or spoken of, else those last shown."""
    current = turn.slot("current_product")
    ids = exact_references(turn)[:1] or ([str(current)] if current else shown_products(turn))
    catalog = turn.backends.catalog
    try:
        return await asyncio.gather(*(catalog.product(each, turn.language) for each in ids))
    except NotFound:
        return []


def _query(turn: Turn, seen: list[ProductDetail]) -> dict[str, Any]:
    """Return the query before, or the category of a product that did not come from it, bounded."""
    last = turn.slot("last_query")
    if not isinstance(last, dict) or seen[0].id not in shown_products(turn):
        last = {"kind": "search", "category": seen[0].category}
    bound = round(max(each.price for each in seen) - _CENT, 2)
    return {**last, "sort": "price_asc", "price_max": bound, "offset": 0}
