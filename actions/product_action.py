"""The base of the actions that tell something of one product."""

import asyncio
from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions.base import ShopAction
from actions.clients.catalog_models import ProductDetail, ProductSummary
from actions.clients.errors import NotFound
from actions.product_lines import product_buttons, product_lines, shown
from actions.product_reference import Reference, find_reference, shown_products
from actions.search import last_search, show_page
from actions.turn import Event, Turn
from actions.variants import wanted_options


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
        if current and _is_bare_budget(turn):
            product = await turn.backends.catalog.product(str(current), turn.language)
            query = {"kind": "search", "category": product.category, "q": turn.message.words}
            return await show_page(turn, query)
        reference = await find_reference(turn)
        if reference.product_id is None:
            options, last = wanted_options(turn), last_search(turn)
            if options and last and not reference.named:
                return await show_page(turn, {**last, "options": ",".join(options)})
            return await self._ask(turn, reference)
        try:
            product = await turn.backends.catalog.product(reference.product_id, turn.language)
        except NotFound:
            turn.say("utter_product_not_found")
            return [SlotSet("search_outcome", "none"), SlotSet("current_product", None)]
        await self.answer(turn, product)
        return [SlotSet("search_outcome", "found"), SlotSet("current_product", product.id)]

    async def _ask(self, turn: Turn, reference: Reference) -> list[Event]:
        if reference.out_of_range:
            turn.say("utter_no_such_position", count=len(shown_products(turn)))
            return [SlotSet("search_outcome", "none")]
        choices = reference.choices
        if not choices and not reference.named:
            choices = await self._shown(turn)
        if choices:
            turn.say(
                "utter_which_of_these",
                product_buttons(turn, choices, self.intent),
                items=product_lines(turn, choices),
            )
            return [
                SlotSet("search_outcome", "found"),
                SlotSet("shown_products", shown(choices)),
                SlotSet("current_product", None),
            ]
        turn.say("utter_product_not_found" if reference.named else "utter_which_product")
        return [SlotSet("search_outcome", "none")]

    async def _shown(self, turn: Turn) -> list[ProductSummary]:
        """Return the products last shown, as they are now."""
        catalog = turn.backends.catalog
        try:
            return await asyncio.gather(
                *(catalog.product(each, turn.language) for each in shown_products(turn))
            )
        except NotFound:
            return []


def _is_bare_budget(turn: Turn) -> bool:
    message = turn.message
    named = message.has("product", "product_name", "sku", "ordinal", "brand", "category")
    return message.intent == "inform" and message.has("price", "money") and not named
