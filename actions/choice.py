"""One of the products shown, picked out with nothing else said: "the second one"."""

from actions.clients.catalog_models import ProductDetail
from actions.product_action import ProductAction
from actions.products import (
    ActionProductDetails,
    ActionProductPrice,
    ActionProductReviews,
    ActionProductSizes,
    ActionProductStock,
)
from actions.turn import Turn

_QUESTIONS: tuple[type[ProductAction], ...] = (
    ActionProductPrice,
    ActionProductStock,
    ActionProductSizes,
    ActionProductReviews,
)


class ActionChooseProduct(ProductAction):
    """Answers the question that was open for want of a product, else describes the product."""

    action_name = "action_choose_product"
    intent = "product_details"

    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Answer as the action of the open question does."""
        await _open_question(turn)().answer(turn, product)


def _open_question(turn: Turn) -> type[ProductAction]:
    """Return the action that asked back in the turn before, when it found no product."""
    if turn.slot("current_product"):
        return ActionProductDetails
    names = turn.actions_of_turn_before()
    return next((each for each in _QUESTIONS if each.action_name in names), ActionProductDetails)
