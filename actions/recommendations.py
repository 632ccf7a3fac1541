"""What a customer might like."""

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.brands import ask_which_brand, unwanted_brands
from actions.hearing import hear
from actions.product_reference import (
    Reference,
    exact_references,
    find_reference,
    shown_products,
)
from actions.recommending import recommend, recommendations, show_recommendations
from actions.search import show_more
from actions.turn import Event, Turn
from actions.which_product import ask_which
from actions.wish import Said, Wish

#: The relation that each of these intents asks for.
RELATIONS = {
    "similar_products": "similar",
    "goes_with": "goes_with",
    "bought_together": "bought_together",
}


class ActionRecommend(ShopAction):
    """Recommends: for the wish so far, beside the product spoken of, or at large.

    Whoever asks for others while a list is shown, and no product is spoken of, gets its next page.
    """

    action_name = "action_recommend"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Recommend by what the latest message asks for."""
        intent = turn.message.intent
        last = turn.slot("last_query")
        if intent == "more_options" and not turn.slot("current_product") and isinstance(last, dict):
            return await show_more(turn, last)
        said = await hear(turn)
        if intent in RELATIONS:
            return await _beside(turn, said, RELATIONS[intent])
        if intent == "exclude_brand":
            return await _without_brand(turn, said)
        if intent == "inform" and not (said.gives_details or said.words or exact_references(turn)):
            return [SlotSet("search_outcome", "unclear")]
        return await _for_the_wish(turn, said)


async def _for_the_wish(turn: Turn, said: Said) -> list[Event]:
    """Recommend for all that was said; who says nothing more of his wish gets others."""
    before = Wish.from_slot(turn.slot("last_query"))
    named = exact_references(turn)
    if named:
        return await recommend(turn, Wish().beside(named[0], "any").refined(_bounds_of(said)))
    if said.gives_details:
        return await recommend(turn, before.refined(said))
    current = turn.slot("current_product")
    if current and not before.recipient:
        return await recommend(turn, before.beside(str(current), "any"))
    wish = before.refined(said).showing(before.shown)
    return await _first_that_finds(turn, wish, before.for_other_goods().showing(before.shown))


async def _beside(turn: Turn, said: Said, relation: str) -> list[Event]:
    """Recommend beside the product that is meant, or ask which one is."""
    last = turn.slot("last_query")
    before = Wish.from_slot(last)
    pointed_at = turn.message.has("ordinal") or exact_references(turn)
    spoken_of = turn.slot("current_product") or before.product
    known = Reference(str(spoken_of)) if spoken_of and not pointed_at else None
    reference = known or await find_reference(turn)
    product = reference.product_id
    if product is None:
        if relation == "similar" and not reference.named and isinstance(last, dict):
            return await show_more(turn, last)
        return await ask_which(turn, reference, str(turn.message.intent))
    if (before.product, before.relation) == (product, relation):
        wish = before.refined(_bounds_of(said)).showing(before.shown)
    else:
        in_list = product in shown_products(turn)
        wish = (before if in_list else Wish()).beside(product, relation).refined(_bounds_of(said))
    present = before.for_other_goods().showing([product])
    wider = present if wish.recipient else wish.beside(product, "any")
    return await _first_that_finds(turn, wish, wider)


def _bounds_of(said: Said) -> Said:
    """Return the prices and the brands of what was said."""
    return Said(
        brand=said.brand,
        unwanted=said.unwanted,
        price_min=said.price_min,
        price_max=said.price_max,
    )


async def _without_brand(turn: Turn, said: Said) -> list[Event]:
    """Recommend the same without a brand: one named, or that of what is spoken of."""
    before = Wish.from_slot(turn.slot("last_query"))
    brands = list(said.unwanted) or await unwanted_brands(turn, before)
    if not brands:
        return await ask_which_brand(turn) or await recommend(turn, before.refined(said))
    return await recommend(turn, before.refined(said).excluding(brands))


async def _first_that_finds(turn: Turn, wish: Wish, wider: Wish) -> list[Event]:
    """Recommend for a wish, or where there is nothing for it (any more), for a wider one."""
    found = await recommendations(turn, wish)
    if found:
        response = "utter_more_recommendations" if wish.shown else "utter_recommendations"
        return show_recommendations(turn, wish, found, response)
    return await recommend(turn, wider)
