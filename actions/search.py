"""Finding products: search, more of the same, and what there is at all."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import ProductSummary, SearchResult
from actions.finding import find, nearest_in_price
from actions.hearing import hear
from actions.product_lines import PAGE, product_buttons, product_lines, shown
from actions.recommending import recommend
from actions.turn import Event, Turn
from actions.wish import Wish, holds_wish

_NAMING = ("product", "product_name", "category", "brand", "sku")
_DETAILS = ("color", "size", "price", "money")


class ActionSearchProducts(ShopAction):
    """Searches by the customer's own words; a mere detail narrows the search before.

    A detail that narrows it to nothing is searched for by itself. A message that is no search and
    names nothing the shop knows is not understood: `search_outcome` is then `unclear`. What goes on
    with a recommendation, or says for whom or of which brand not, is recommended.
    """

    action_name = "action_search_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Search and show the first page."""
        if _is_wish(turn):
            return await go_on_with_wish(turn)
        query = _query(turn)
        result = await find(turn, query)
        alone = {"kind": "search", "q": turn.message.words}
        if not (result.items or query == alone or turn.message.has(*_DETAILS)):
            other = await find(turn, alone)
            if other.items:
                query, result = alone, other
        if result.items:
            return show_result(turn, query, result)
        if turn.message.intent != "search_product" and not _wishes(turn):
            return [SlotSet("search_outcome", "unclear")]
        nearest = await nearest_in_price(turn, query, result)
        if nearest:
            return show_nearest(turn, query, nearest)
        turn.say("utter_nothing_found")
        return [SlotSet("search_outcome", "none")]


class ActionMoreProducts(ShopAction):
    """Shows the next page of the last search or recommendation."""

    action_name = "action_more_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Show what comes next, or recommend when nothing was looked for."""
        last = turn.slot("last_query")
        return await (show_more(turn, last) if isinstance(last, dict) else recommend(turn, Wish()))


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
    result = await find(turn, query)
    if not result.items:
        turn.say("utter_no_more_products" if query.get("offset") else "utter_nothing_found")
        return [SlotSet("search_outcome", "none")]
    return show_result(turn, query, result)


async def show_more(turn: Turn, last: dict[str, Any]) -> list[Event]:
    """Show the page that follows in the last search or recommendation.

    Raises:
        BackendUnavailable: If the backend does not answer.
    """
    if holds_wish(last):
        return await recommend(turn, Wish.from_slot(last), "utter_more_recommendations")
    return await show_page(turn, {**last, "offset": int(last.get("offset") or 0) + PAGE})


def show_result(turn: Turn, query: dict[str, Any], result: SearchResult) -> list[Event]:
    """Show a page that was found and keep the query in its slot."""
    offset = int(query.get("offset") or 0)
    more = offset + len(result.items) < result.total
    if offset:
        response = "utter_more_results"
    else:
        response = "utter_search_result" if result.total == 1 else "utter_search_results"
    turn.say(
        response,
        product_buttons(turn, result.items, "product_details", more),
        total=result.total,
        items=product_lines(turn, result.items),
    )
    return _found(query, result.items)


def show_nearest(
    turn: Turn, query: dict[str, Any], products: Sequence[ProductSummary]
) -> list[Event]:
    """Show what is nearest to a price at which there is nothing."""
    turn.say(
        "utter_nearest_in_price",
        product_buttons(turn, products, "product_details"),
        items=product_lines(turn, products),
    )
    return _found(query, products)


def last_search(turn: Turn) -> dict[str, Any] | None:
    """Return the search before, from its beginning; `None` when there was none."""
    last = turn.slot("last_query")
    if not isinstance(last, dict) or last.get("kind") != "search":
        return None
    return {**last, "offset": 0}


def _found(query: dict[str, Any], products: Sequence[ProductSummary]) -> list[Event]:
    return [
        SlotSet("search_outcome", "found"),
        SlotSet("shown_products", shown(products)),
        SlotSet("current_product", products[0].id if len(products) == 1 else None),
        SlotSet("last_query", query),
    ]


def _is_wish(turn: Turn) -> bool:
    """Whether the message goes on with a recommendation, or says what only one can heed."""
    message = turn.message
    if message.is_payload or message.has("product_name", "sku"):
        return False
    names_goods = message.has(*_NAMING)
    if message.has("unwanted") or (message.has("recipient") and not names_goods):
        return True
    last = turn.slot("last_query")
    if not holds_wish(last):
        return False
    wish = Wish.from_slot(last)
    return not names_goods or bool(wish.recipient or wish.price_max)


async def go_on_with_wish(turn: Turn) -> list[Event]:
    """Recommend for the wish with what was said; whom to give something begins one after a search.

    Raises:
        BackendUnavailable: If a backend does not answer.
    """
    said = await hear(turn)
    searching = turn.message.intent == "search_product"
    if not (said.gives_details or said.words):
        if not searching:
            return [SlotSet("search_outcome", "unclear")]
        turn.say("utter_nothing_found")
        return [SlotSet("search_outcome", "none")]
    before = Wish.from_slot(turn.slot("last_query"))
    if searching and said.recipient and last_search(turn):
        before = Wish()
    return await recommend(turn, before.refined(said))


def _wishes(turn: Turn) -> bool:
    return turn.message.has(*_NAMING, *_DETAILS, "recipient")


def _query(turn: Turn) -> dict[str, Any]:
    """Return what to search: the words as they stand, after those before when they add to them."""
    message = turn.message
    if message.is_payload:
        return {
            "kind": "search",
            "q": message.value("product") or message.value("product_name"),
            "category": message.value("category"),
            "brand": message.value("brand"),
        }
    last = None if message.has(*_NAMING) else last_search(turn)
    if last is None:
        return {"kind": "search", "q": message.words}
    return {**last, "q": f"{last.get('q') or ''} {message.words}".strip()}
