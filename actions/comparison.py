"""Two products side by side."""

import asyncio

from rasa_sdk.events import SlotSet

from actions import formatting
from actions.base import ShopAction
from actions.clients.catalog_models import ProductDetail
from actions.clients.errors import NotFound
from actions.product_lines import price_text, stock_text
from actions.product_reference import (
    exact_references,
    points_beyond,
    search_reference,
    shown_products,
)
from actions.turn import Event, Turn

_MOST_FACTS = 8


class ActionCompareProducts(ShopAction):
    """Compares two products: those named, else those shown or spoken of."""

    action_name = "action_compare_products"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """Find both and set them side by side."""
        if points_beyond(turn):
            turn.say("utter_no_such_position", count=len(shown_products(turn)))
            return [SlotSet("search_outcome", "none")]
        ids = await self._two(turn)
        if len(ids) < 2:
            turn.say("utter_which_to_compare")
            return [SlotSet("search_outcome", "none")]
        catalog = turn.backends.catalog
        try:
            first, second = await asyncio.gather(
                *(catalog.product(each, turn.language) for each in ids)
            )
        except NotFound:
            turn.say("utter_product_not_found")
            return [SlotSet("search_outcome", "none")]
        turn.say(
            "utter_comparison",
            [turn.button(each.name, "product_details", sku=each.id) for each in (first, second)],
            first=first.name,
            second=second.name,
            lines="\n".join(self._lines(turn, first, second)),
        )
        return [
            SlotSet("search_outcome", "found"),
            SlotSet("shown_products", [first.id, second.id]),
            SlotSet("current_product", None),
        ]

    async def _two(self, turn: Turn) -> list[str]:
        """Return up to two ids, those named first."""
        ids = exact_references(turn)
        for role in ("first", "second", None):
            if len(ids) < 2:
                for words in turn.message.values("product", role):
                    reference = await search_reference(turn, words)
                    best = [each.id for each in reference.choices[:1]]
                    ids += [reference.product_id] if reference.product_id else best
        if len(ids) < 2:
            current = turn.slot("current_product")
            ids += [str(current)] if current else []
            ids += shown_products(turn)
        return list(dict.fromkeys(ids))[:2]

    def _lines(self, turn: Turn, first: ProductDetail, second: ProductDetail) -> list[str]:
        def line(label: str, one: str, other: str) -> str:
            return turn.text("utter_comparison_line", label=label, first=one, second=other)

        lines = [
            line(turn.text("utter_label_price"), price_text(turn, first), price_text(turn, second)),
            line(
                turn.text("utter_label_stock"),
                stock_text(turn, first.in_stock),
                stock_text(turn, second.in_stock),
            ),
        ]
        if first.rating is not None and second.rating is not None:
            ratings = (formatting.rating(first.rating), formatting.rating(second.rating))
            lines.append(line(turn.text("utter_label_rating"), *ratings))
        others = {fact.key: fact.value for fact in second.attributes}
        shared = [fact for fact in first.attributes if fact.key in others]
        # What differs helps to choose.
        shared.sort(key=lambda fact: fact.value == others[fact.key])
        lines += [line(f.label, f.value, others[f.key]) for f in shared[:_MOST_FACTS]]
        return lines
