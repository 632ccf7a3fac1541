"""The base of the actions that tell something of one product."""

from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import ProductDetail
from actions.clients.errors import NotFound
from actions.product_reference import find_reference
from actions.search import go_on_with_wish, last_search, show_page
from actions.turn import Event, Turn
from actions.variants import wanted_options
from actions.which_product import ask_which
from actions.wish import holds_wish


class ProductAction(ShopAction):
    """Finds the product that is meant and answers for it, or asks which one is.

    A colour or size asked for while a list is shown narrows the list; a bare budget asks for other
    goods of the kind spoken of.

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
        current = turn.slot("current_product")
        if _is_bare_budget(turn):
            if holds_wish(turn.slot("last_query")):
                return await go_on_with_wish(turn)
            if current:
                product = await turn.backends.catalog.product(str(current), turn.language)
                query = {"kind": "search", "category": product.category, "q": turn.message.words}
                return await show_page(turn, query)
        reference = await find_reference(turn)
        if reference.product_id is None:
            options, last = wanted_options(turn), last_search(turn)
            if options and holds_wish(turn.slot("last_query")) and not reference.named:
                return await go_on_with_wish(turn)
            if options and last and not reference.named:
                return await show_page(turn, {**last, "options": ",".join(options)})
            return await ask_which(turn, reference, self.intent)
        try:
            product = await turn.backends.catalog.product(reference.product_id, turn.language)
        except NotFound:
            turn.say("utter_product_not_found")
            return [SlotSet("search_outcome", "none"), SlotSet("current_product", None)]
        await self.answer(turn, product)
        return [SlotSet("search_outcome", "found"), SlotSet("current_product", product.id)]


def _is_bare_budget(turn: Turn) -> bool:
    message = turn.message
    named = message.has("product", "product_name", "sku", "ordinal", "brand", "category")
    return message.intent == "inform" and message.has("price", "money") and not named
