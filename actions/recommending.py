"""Showing recommendations, each with its reason."""

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.behaviour import viewed
from actions.clients.errors import NotFound
from actions.clients.recommendations import Recommendation, Recommendations
from actions.finding import nearest_first
from actions.product_lines import PAGE, price_text, product_buttons, shown
from actions.reasons import reason_text
from actions.turn import Event, Turn
from actions.wish import Wish

_MOST = 50
#: The reasons of what is in that relation to a product; with others the service fills up.
_RELATED = {
    "similar": {"similar"},
    "goes_with": {"goes_with", "bought_together"},
    "bought_together": {"bought_together", "viewed_together"},
}
_PARTS_OF_WISH = {"wish", "category", "brand"}


async def recommend(turn: Turn, wish: Wish, response: str = "utter_recommendations") -> list[Event]:
    """Show a page of recommendations for a wish that were not shown for it yet; keep the wish.

    Where nothing has the price asked for, the nearest is shown, and where nothing fits at all,
    something else; either is said to be that.

    Raises:
        BackendUnavailable: If a backend does not answer.
    """
    found = await _ask(turn, wish, PAGE + 1)
    fitting = _fitting(wish, found)
    if fitting:
        return show_recommendations(turn, wish, fitting, response)
    if wish.shown:
        turn.say("utter_no_more_products")
        return [SlotSet("search_outcome", "none"), SlotSet("last_query", wish.to_slot())]
    nearest = await _nearest_in_price(turn, wish)
    if nearest:
        return show_recommendations(turn, wish, nearest, "utter_nearest_in_price")
    less = wish.without_last_words()
    others = await recommendations(turn, less) if wish.words and less.text else found.items
    if others:
        return show_recommendations(turn, less, others, "utter_recommendations_instead")
    turn.say("utter_nothing_to_recommend")
    return [SlotSet("search_outcome", "none")]


async def recommendations(turn: Turn, wish: Wish, limit: int = PAGE + 1) -> list[Recommendation]:
    """Return products that fit a wish and were not shown for it yet, the best first.

    Raises:
        BackendUnavailable: If a backend does not answer.
    """
    return _fitting(wish, await _ask(turn, wish, limit))


async def _ask(turn: Turn, wish: Wish, limit: int) -> Recommendations:
    """Return what the service recommends for a wish; nothing beside a product that is gone."""
    try:
        return await turn.backends.recommendations.recommend(
            turn.customer,
            turn.language,
            words=wish.text,
            product=wish.product,
            relation=wish.relation,
            category=await _category(turn, wish),
            brand=wish.brand,
            without_brands=wish.without_brands,
            without=wish.shown,
            seen=viewed(turn),
            price_min=wish.price_min,
            price_max=wish.upper_bound,
            limit=limit,
        )
    except NotFound:
        return Recommendations(items=[])


async def _category(turn: Turn, wish: Wish) -> str | None:
    """Return the category to stay in: what is like a product is of its category."""
    if wish.relation != "similar" or not wish.product:
        return wish.category
    return (await turn.backends.catalog.product(wish.product, turn.language)).category


def _fitting(wish: Wish, found: Recommendations) -> list[Recommendation]:
    """Return what was found for the wish itself."""
    if _PARTS_OF_WISH & set(found.relaxed):
        return []
    if wish.text or wish.relation not in _RELATED:
        return found.items
    return [each for each in found.items if each.reason.code in _RELATED[wish.relation]]


def show_recommendations(
    turn: Turn, wish: Wish, found: Sequence[Recommendation], response: str
) -> list[Event]:
    """Show the first page of what was found, and keep the wish with it."""
    page = found[:PAGE]
    lines = [
        turn.text(
            "utter_recommendation_line",
            index=index,
            name=product.name,
            price=price_text(turn, product),
            reason=reason_text(turn, product, wish),
        )
        for index, product in enumerate(page, 1)
    ]
    turn.say(
        response,
        product_buttons(turn, page, "product_details", more=len(found) > PAGE),
        items="\n".join(lines),
    )
    return [
        SlotSet("search_outcome", "found"),
        SlotSet("shown_products", shown(page)),
        SlotSet("current_product", page[0].id if len(page) == 1 else None),
        SlotSet("last_query", wish.showing(shown(page)).to_slot()),
    ]


async def _nearest_in_price(turn: Turn, wish: Wish) -> list[Recommendation]:
    """Return what answers the words at any price, the nearest first; a page at most."""
    low, high = wish.price_min, wish.upper_bound
    if low is None and high is None:
        return []
    found = await recommendations(turn, wish.without_bounds(), _MOST)
    answering = [each for each in found if not wish.words or _answers_words(wish, each)]
    return nearest_first(answering, low, high)[:PAGE]


def _answers_words(wish: Wish, product: Recommendation) -> bool:
    """Whether a product answers more than for whom it is wanted, and in which colour and size."""
    facets = " ".join(filter(None, (wish.recipient, wish.color, wish.size))).casefold()
    matched = str(product.reason.params.get("wish") or "").split(", ")
    return any(part and part.casefold() not in facets for part in matched)
