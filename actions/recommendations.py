"""What a customer might like."""

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions import formatting
from actions.base import ShopAction
from actions.clients.catalog_models import ProductSummary
from actions.finding import nearest_in_price
from actions.product_lines import PAGE
from actions.recommending import recommend, show_reasons
from actions.search import show_more
from actions.turn import Event, Turn


class ActionRecommend(ShopAction):
    """Recommends: of the goods asked for, beside the product spoken of, or at large.

    Whoever asks for others while a list is shown, and no product is spoken of, gets its next page.
    """

    action_name = "action_recommend"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Recommend by what the latest message asks for."""
        message = turn.message
        current, last = turn.slot("current_product"), turn.slot("last_query")
        if message.intent == "more_options" and not current and isinstance(last, dict):
            return await show_more(turn, last)
        if message.has("product", "brand", "recipient") and message.words:
            return await _recommend_found(turn, message.words)
        names = [each for each in message.values("product_name") + message.values("sku") if each]
        category = message.value("category")
        product = names[0] if names else None if category else current
        price_max = None
        if message.has("price", "money") and message.words:
            # The catalogue reads amounts in both languages; what it finds does not matter here.
            found = await turn.backends.catalog.search(turn.language, message.words, limit=1)
            price_max = found.interpreted.price_max
        query = {"category": category, "product": product, "price_max": price_max}
        return await recommend(turn, query)


async def _recommend_found(turn: Turn, words: str) -> list[Event]:
    """Recommend among what a search finds, the best rated first."""
    result = await turn.backends.catalog.search(turn.language, words, limit=PAGE * 2)
    query = {"kind": "search", "q": words, "offset": PAGE}
    if not result.items:
        nearest = await nearest_in_price(turn, query, result)
        if nearest:
            return show_reasons(turn, nearest, _reasons(turn, nearest), query)
        turn.say("utter_nothing_found")
        return [SlotSet("search_outcome", "none")]
    ranked = sorted(result.items, key=lambda each: (not each.in_stock, -(each.rating or 0.0)))
    page = ranked[:PAGE]
    more = result.total > len(result.items)
    return show_reasons(turn, page, _reasons(turn, page), query, more)


def _reasons(turn: Turn, products: Sequence[ProductSummary]) -> list[str]:
    return [
        turn.text(
            "utter_reason_well_rated",
            rating=formatting.rating(each.rating),
            count=each.rating_count,
        )
        if each.rating is not None and each.rating_count
        else each.summary
        for each in products
    ]
