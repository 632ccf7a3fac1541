"""Why a product is recommended, as a sentence."""

from typing import Any

from actions import formatting
from actions.clients.recommendations import Recommendation
from actions.turn import Turn
from actions.wish import Wish


def reason_text(turn: Turn, product: Recommendation, wish: Wish) -> str:
    """Return the sentence for a product's reason; its summary where the domain has none.

    What matches the words of a wish is also said to keep to its price, if it does.
    """
    name = f"utter_reason_{product.reason.code}"
    params = dict(product.reason.params)
    if product.reason.code == "matches_wish":
        params["wish"] = _wish_text(turn, {**_kept(wish, product), **params})
    if isinstance(params.get("rating"), float):
        params["rating"] = formatting.rating(params["rating"])
    singular = f"{name}_one"
    if params.get("count") == 1 and singular in turn.responses:
        name = singular
    return turn.text(name, **params) if name in turn.responses else product.summary


def _kept(wish: Wish, product: Recommendation) -> dict[str, float]:
    """Return the bounds that were said and that a product keeps to."""
    low, high = wish.price_min, wish.price_max
    bounds: dict[str, float] = {}
    if low is not None and product.price >= low:
        bounds["price_min"] = low
    if high is not None and product.price <= high:
        bounds["price_max"] = high
    return bounds


def _wish_text(turn: Turn, params: dict[str, Any]) -> str:
    """Return what was wished for: the words the product answers, then the price."""
    words = str(params.get("wish") or "").split(", ")
    first, *others = [each for each in (*words, _price(turn, params)) if each] or [""]
    for each in others:
        first = turn.text("utter_wish_both", first=first, second=each)
    return first


def _price(turn: Turn, params: dict[str, Any]) -> str:
    lowest, highest = (
        turn.text("utter_price_plain", price=formatting.amount(float(bound)))
        if bound is not None
        else None
        for bound in (params.get("price_min"), params.get("price_max"))
    )
    if lowest and highest:
        return turn.text("utter_wish_between", lowest=lowest, highest=highest)
    if highest:
        return turn.text("utter_wish_under", price=highest)
    return turn.text("utter_wish_over", price=lowest) if lowest else ""
