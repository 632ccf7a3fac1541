"""The same for less."""

from statistics import median_low
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import ProductDetail
from actions.finding import find, products
from actions.product_lines import PAGE, price_text
from actions.product_reference import exact_references, shown_products
from actions.recommending import recommend, recommendations, show_recommendations
from actions.search import show_page, show_result
from actions.turn import Event, Turn
from actions.wish import Wish, holds_wish, just_below


class ActionCheaperProducts(ShopAction):
    """Shows what costs less: than the product spoken of, what is like it; of a list, the same.

    A search is shown again, the cheapest first; of recommendations those that cost less than most
    of them. Where nothing costs less, it says which is the cheapest.
    """

    action_name = "action_cheaper_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Find what is cheaper."""
        if turn.message.has("product", "category", "brand") and turn.message.words:
            return await show_page(turn, {"kind": "search", "q": turn.message.words})
        current, last = turn.slot("current_product"), turn.slot("last_query")
        spoken_of = exact_references(turn)[:1] or ([str(current)] if current else [])
        seen = await products(turn, spoken_of or shown_products(turn))
        if not seen:
            return await recommend(turn, Wish())
        if spoken_of:
            return await _than_product(turn, seen[0])
        if holds_wish(last):
            return await _than_recommended(turn, Wish.from_slot(last), seen)
        return await _in_search(turn, last, seen)


async def _than_product(turn: Turn, product: ProductDetail) -> list[Event]:
    """Show what is like a product and costs less, the most similar first."""
    in_list = product.id in shown_products(turn)
    before = Wish.from_slot(turn.slot("last_query") if in_list else None)
    wish = before.beside(product.id, "similar").cheaper_than(product.price)
    found = await recommendations(turn, wish)
    if found:
        return show_recommendations(turn, wish, found, "utter_recommendations")
    return _nothing_cheaper(turn, [product])


async def _than_recommended(turn: Turn, wish: Wish, seen: list[ProductDetail]) -> list[Event]:
    """Show others that cost less than most of what was recommended, the cheapest first."""
    prices = [each.price for each in seen]
    for price in dict.fromkeys((median_low(prices), max(prices))):
        cheaper = wish.cheaper_than(price)
        found = await recommendations(turn, cheaper)
        if found:
            # The first page is put in order; what there is beyond it only says that there is more.
            page = sorted(found[:PAGE], key=lambda each: each.price) + found[PAGE:]
            return show_recommendations(turn, cheaper, page, "utter_recommendations")
    return _nothing_cheaper(turn, seen)


async def _in_search(turn: Turn, last: Any, seen: list[ProductDetail]) -> list[Event]:
    """Show the search before, or the category of what did not come from one, the cheapest first."""
    if not isinstance(last, dict):
        last = {"kind": "search", "category": seen[0].category}
    bound = just_below(max(each.price for each in seen))
    query = {**last, "sort": "price_asc", "price_max": bound, "offset": 0}
    result = await find(turn, query)
    if {each.id for each in result.items} - {each.id for each in seen}:
        return show_result(turn, query, result)
    return _nothing_cheaper(turn, seen)


def _nothing_cheaper(turn: Turn, seen: list[ProductDetail]) -> list[Event]:
    cheapest = min(seen, key=lambda each: each.price)
    turn.say("utter_nothing_cheaper", name=cheapest.name, price=price_text(turn, cheapest))
    return [SlotSet("search_outcome", "found"), SlotSet("current_product", cheapest.id)]
