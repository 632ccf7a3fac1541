"""Finding products: search, more of the same, and what there is at all."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import SearchResult
from actions.product_lines import PAGE, product_buttons, product_lines, shown
from actions.recommendations import recommend
from actions.turn import Event, Turn

_NAMING = ("product", "product_name", "category", "brand", "sku")


class ActionSearchProducts(ShopAction):
    """Searches by the customer's own words; a mere detail narrows the search before."""

    action_name = "action_search_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Search and show the first page."""
        return await show_page(turn, _query(turn))


class ActionMoreProducts(ShopAction):
    """Shows the next page of the last search or recommendation."""

    action_name = "action_more_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Show what comes next, or recommend when nothing was looked for."""
        last = turn.slot("last_query")
        if not isinstance(last, dict):
            return await recommend(turn, {})
        following = {**last, "offset": int(last.get("offset") or 0) + PAGE}
        if last.get("kind") == "recommend":
            return await recommend(turn, following)
        return await show_page(turn, following)


class ActionBrowseCategories(ShopAction):
    """Lists what kinds of goods there are."""

    action_name = "action_browse_categories"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """List the categories; the largest five are buttons."""
        found = await turn.backends.catalog.categories(turn.language)
        categories = sorted(found.items, key=lambda each: -each.count)
        lines = [
            turn.text("utter_category_line", label=each.label, count=each.count)
            for each in categories
        ]
        buttons = [
            turn.button(each.label, "search_product", category=each.id) for each in categories[:5]
        ]
        turn.say("utter_categories", buttons, items="\n".join(lines))
        return [SlotSet("search_outcome", "found" if categories else "none")]


async def show_page(turn: Turn, query: dict[str, Any]) -> list[Event]:
    """Search, show a page from `query["offset"]` on, and keep the query in its slot.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    offset = int(query.get("offset") or 0)
    result = await turn.backends.catalog.search(
        turn.language,
        query.get("q"),
        category=query.get("category"),
        brand=query.get("brand"),
        limit=PAGE,
        offset=offset,
    )
    if not result.items:
        turn.say("utter_no_more_products" if offset else "utter_nothing_found")
        return [SlotSet("search_outcome", "none")]
    _show(turn, result, offset)
    only = result.items[0].id if len(result.items) == 1 else None
    return [
        SlotSet("search_outcome", "found"),
        SlotSet("shown_products", shown(result.items)),
        SlotSet("current_product", only),
        SlotSet("last_query", query),
    ]


def _show(turn: Turn, result: SearchResult, offset: int) -> None:
    more = offset + len(result.items) < result.total
    turn.say(
        "utter_more_results" if offset else "utter_search_results",
        product_buttons(turn, result.items, "product_details", more),
        total=result.total,
        items=product_lines(turn, result.items),
    )


def _query(turn: Turn) -> dict[str, Any]:
    """Return what to search: the words as they stand, after those before when they add to them."""
    message = turn.message
    words = message.words
    last = turn.slot("last_query")
    if message.is_payload:
        return {
            "kind": "search",
            "q": message.value("product") or message.value("product_name"),
            "category": message.value("category"),
            "brand": message.value("brand"),
        }
    if not message.has(*_NAMING) and isinstance(last, dict) and last.get("kind") == "search":
        before = str(last.get("q") or "")
        return {**last, "q": f"{before} {words}".strip(), "offset": 0}
    return {"kind": "search", "q": words}
