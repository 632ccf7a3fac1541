"""What a customer might like, each with its reason."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions import formatting
from actions.base import ShopAction
from actions.clients.catalog_models import ProductSummary
from actions.clients.recommendations import Recommendation
from actions.product_lines import PAGE, price_text, product_buttons, shown
from actions.turn import Event, Turn

_MOST = 40


class ActionRecommend(ShopAction):
    """Recommends: of the goods asked for, beside the product spoken of, or at large."""

    action_name = "action_recommend"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Recommend by what the latest message asks for."""
        message = turn.message
        wanted = message.value("product") or message.value("brand")
        if wanted:
            return await _recommend_found(turn, message.words or wanted)
        names = [each for each in message.values("product_name") + message.values("sku") if each]
        category = message.value("category")
        product = names[0] if names else None if category else turn.slot("current_product")
        price_max = None
        if message.has("price", "money") and message.words:
            # The catalogue reads amounts in both languages; what it finds does not matter here.
            found = await turn.backends.catalog.search(turn.language, message.words, limit=1)
            price_max = found.interpreted.price_max
        query = {"category": category, "product": product, "price_max": price_max}
        return await recommend(turn, query)


async def recommend(turn: Turn, query: dict[str, Any]) -> list[Event]:
    """Show a page of recommendations from `query["offset"]` on and keep the query.

    Raises:
        BackendUnavailable: If the recommendation service does not answer.
    """
    offset = int(query.get("offset") or 0)
    found = await turn.backends.recommendations.recommend(
        turn.customer,
        turn.language,
        product=query.get("product"),
        category=query.get("category"),
        price_max=query.get("price_max"),
        limit=min(offset + PAGE + 1, _MOST),
    )
    page = found.items[offset : offset + PAGE]
    if not page:
        turn.say("utter_no_more_products" if offset else "utter_nothing_to_recommend")
        return [SlotSet("search_outcome", "none")]
    reasons = [_reason(turn, each) for each in page]
    return _show(turn, page, reasons, len(found.items) > offset + PAGE, query, "recommend")


async def _recommend_found(turn: Turn, words: str) -> list[Event]:
    """Recommend among what a search finds, the best rated first."""
    result = await turn.backends.catalog.search(turn.language, words, limit=PAGE * 2)
    if not result.items:
        turn.say("utter_nothing_found")
        return [SlotSet("search_outcome", "none")]
    ranked = sorted(result.items, key=lambda each: (not each.in_stock, -(each.rating or 0.0)))
    page = ranked[:PAGE]
    reasons = [
        turn.text(
            "utter_reason_well_rated",
            rating=formatting.rating(each.rating),
            count=each.rating_count,
        )
        if each.rating is not None and each.rating_count
        else each.summary
        for each in page
    ]
    query = {"q": words, "offset": PAGE}
    return _show(turn, page, reasons, result.total > len(result.items), query, "search")


def _show(
    turn: Turn,
    page: list[Any],
    reasons: list[str],
    more: bool,
    query: dict[str, Any],
    kind: str,
) -> list[Event]:
    lines = [
        turn.text(
            "utter_recommendation_line",
            index=index,
            name=product.name,
            price=price_text(turn, product),
            reason=reason,
        )
        for index, (product, reason) in enumerate(zip(page, reasons, strict=True), 1)
    ]
    products: list[ProductSummary] = page
    turn.say(
        "utter_recommendations",
        product_buttons(turn, products, "product_details", more),
        items="\n".join(lines),
    )
    return [
        SlotSet("search_outcome", "found"),
        SlotSet("shown_products", shown(products)),
        SlotSet("current_product", products[0].id if len(products) == 1 else None),
        SlotSet("last_query", {**query, "kind": kind}),
    ]


def _reason(turn: Turn, product: Recommendation) -> str:
    name = f"utter_reason_{product.reason.code}"
    if name in turn.responses:
        return turn.text(name, **product.reason.params)
    return product.summary
