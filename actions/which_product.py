"""Asking which product is meant."""

from rasa_sdk.events import SlotSet

from actions.finding import products
from actions.product_lines import product_buttons, product_lines, shown
from actions.product_reference import Reference, shown_products
from actions.turn import Event, Turn


async def ask_which(turn: Turn, reference: Reference, intent: str) -> list[Event]:
    """Ask which product is meant, with those that may be; a button says `intent` of its product.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    if reference.out_of_range:
        turn.say("utter_no_such_position", count=len(shown_products(turn)))
        return [SlotSet("search_outcome", "none")]
    choices = reference.choices
    if not choices and not reference.named:
        choices = [*await products(turn, shown_products(turn))]
    if choices:
        turn.say(
            "utter_which_of_these",
            product_buttons(turn, choices, intent),
            items=product_lines(turn, choices),
        )
        return [
            SlotSet("search_outcome", "found"),
            SlotSet("shown_products", shown(choices)),
            SlotSet("current_product", None),
        ]
    turn.say("utter_product_not_found" if reference.named else "utter_which_product")
    return [SlotSet("search_outcome", "none")]
