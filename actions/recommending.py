"""Showing recommendations, each with its reason."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet

from actions.clients.catalog_models import ProductSummary
from actions.clients.recommendations import Recommendation
from actions.product_lines import PAGE, price_text, product_buttons, shown
from actions.turn import Event, Turn

_MOST = 40


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
    more = len(found.items) > offset + PAGE
    return show_reasons(turn, page, reasons, {**query, "kind": "recommend"}, more)


def show_reasons(
    turn: Turn,
    products: Sequence[ProductSummary],
    reasons: Sequence[str],
    query: dict[str, Any],
    more: bool = False,
) -> list[Event]:
    """Show products, each with its reason, and keep the query that goes on with them."""
    lines = [
        turn.text(
            "utter_recommendation_line",
            index=index,
            name=product.name,
            price=price_text(turn, product),
            reason=reason,
        )
        for index, (product, reason) in enumerate(zip(products, reasons, strict=True), 1)
    ]
    turn.say(
        "utter_recommendations",
        product_buttons(turn, products, "product_details", more),
        items="\n".join(lines),
    )
    return [
        SlotSet("search_outcome", "found"),
        SlotSet("shown_products", shown(products)),
        SlotSet("current_product", products[0].id if len(products) == 1 else None),
        SlotSet("last_query", query),
    ]


def _reason(turn: Turn, product: Recommendation) -> str:
    name = f"utter_reason_{product.reason.code}"
    if name in turn.responses:
        return turn.text(name, **product.reason.params)
    return product.summary
