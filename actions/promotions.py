"""Offers and coupon codes."""

from rasa_sdk.events import SlotSet

from actions import formatting
from actions.base import ShopAction
from actions.clients.catalog_models import Promotion
from actions.product_reference import exact_references
from actions.turn import Event, Turn

_MOST = 5


class ActionPromotions(ShopAction):
    """Lists the offers that hold now, for what the message names if it names something."""

    action_name = "action_promotions"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """List the offers."""
        offers = await _offers(turn)
        if not offers:
            turn.say("utter_no_promotions")
            return [SlotSet("search_outcome", "none")]
        items = "\n".join(_line(turn, offer) for offer in offers[:_MOST])
        turn.say("utter_promotions", items=items)
        return [SlotSet("search_outcome", "found")]


class ActionCoupons(ShopAction):
    """Lists the offers that have a code, and how to use it."""

    action_name = "action_coupons"
    outcome_slot = "search_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """List the codes."""
        coupons = [offer for offer in await _offers(turn) if offer.code]
        if not coupons:
            turn.say("utter_no_coupons")
            return [SlotSet("search_outcome", "none")]
        items = "\n".join(_line(turn, coupon) for coupon in coupons[:_MOST])
        turn.say("utter_coupons", items=items)
        return [SlotSet("search_outcome", "found")]


async def _offers(turn: Turn) -> list[Promotion]:
    product = next(iter(exact_references(turn)), None)
    category = None if product else turn.message.value("category")
    found = await turn.backends.catalog.promotions(turn.language, product, category)
    return found.items


def _line(turn: Turn, offer: Promotion) -> str:
    details = []
    if offer.code:
        details.append(turn.text("utter_promotion_code", code=offer.code))
    if offer.minimum:
        minimum = formatting.amount(offer.minimum)
        details.append(turn.text("utter_promotion_minimum", minimum=minimum))
    if offer.ends:
        details.append(turn.text("utter_promotion_ends", day=formatting.day(offer.ends)))
    if not details:
        return turn.text("utter_promotion_line", title=offer.title)
    return turn.text("utter_promotion_line_more", title=offer.title, details=" · ".join(details))
