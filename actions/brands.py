"""Which brand is meant by "not this brand"."""

from rasa_sdk.events import SlotSet

from actions.finding import products
from actions.product_reference import exact_references, shown_products
from actions.turn import Event, Turn
from actions.wish import Wish


async def unwanted_brands(turn: Turn, wish: Wish) -> list[str]:
    """Return the brand of what is spoken of, as an id or a name; none when that is not clear.

    Order: a product that the message points at, the brand of the wish, the product spoken of, the
    single brand of the products shown, the product beside which others are wanted.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    pointed_at = exact_references(turn)
    if wish.brand and not pointed_at:
        return [wish.brand]
    current = turn.slot("current_product")
    for ids in (pointed_at, [str(current)] if current else []):
        if ids:
            return await _brands(turn, ids)
    shown = await _brands(turn, shown_products(turn))
    if len(shown) == 1:
        return shown
    return await _brands(turn, [wish.product]) if wish.product else []


async def ask_which_brand(turn: Turn) -> list[Event]:
    """Ask which brand is not wanted, of those shown; no events and no question without any.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    brands = await _brands(turn, shown_products(turn))
    if not brands:
        return []
    turn.say(
        "utter_which_brand", [turn.button(each, "exclude_brand", brand=each) for each in brands]
    )
    return [SlotSet("search_outcome", "found")]


async def _brands(turn: Turn, ids: list[str]) -> list[str]:
    """Return the brands of products, each once."""
    return list(dict.fromkeys(each.brand for each in await products(turn, ids)))
