"""The base of the actions that tell something of one product."""

from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import ProductDetail
from actions.clients.errors import NotFound
from actions.product_lines import product_buttons, product_lines, shown
from actions.product_reference import Reference, find_reference, shown_products
from actions.turn import Event, Turn


class ProductAction(ShopAction):
    """Finds the product that is meant and answers for it, or asks which one is.

    Attributes:
        intent: The intent that a button of the question "which one?" says again.
    """

    outcome_slot = "search_outcome"
    intent: ClassVar[str]

    @abstractmethod
    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Tell the customer what was asked of the product."""

    async def perform(self, turn: Turn) -> list[Event]:
        """Find the product and answer."""
        reference = await find_reference(turn)
        if reference.product_id is None:
            return self._ask(turn, reference)
        try:
            product = await turn.backends.catalog.product(reference.product_id, turn.language)
        except NotFound:
            turn.say("utter_product_not_found")
            return [SlotSet("search_outcome", "none"), SlotSet("current_product", None)]
        await self.answer(turn, product)
        return [SlotSet("search_outcome", "found"), SlotSet("current_product", product.id)]

    def _ask(self, turn: Turn, reference: Reference) -> list[Event]:
        if reference.out_of_range:
            turn.say("utter_no_such_position", count=len(shown_products(turn)))
            return [SlotSet("search_outcome", "none")]
        if reference.choices:
            turn.say(
                "utter_which_of_these",
                product_buttons(turn, reference.choices, self.intent),
                items=product_lines(turn, reference.choices),
            )
            return [
                SlotSet("search_outcome", "found"),
                SlotSet("shown_products", shown(reference.choices)),
                SlotSet("current_product", None),
            ]
        turn.say("utter_product_not_found" if reference.named else "utter_which_product")
        return [SlotSet("search_outcome", "none")]
