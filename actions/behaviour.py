"""What customers do with products, told to the recommendation service beside the conversation."""

from actions.background import beside
from actions.clients.recommendations import Kind
from actions.turn import Turn
from actions.wish import holds_wish

_MOST_VIEWED = 10


def viewed(turn: Turn) -> list[str]:
    """Return the ids of the products looked at in this conversation, the latest first."""
    ids = (
        str(event.get("value"))
        for event in reversed(turn.tracker.events)
        if event.get("event") == "slot" and event.get("name") == "current_product"
        if event.get("value")
    )
    return list(dict.fromkeys(ids))[:_MOST_VIEWED]


def tell_view(turn: Turn, product: str) -> None:
    """Tell that a product's details were shown; and that a recommendation led there, if one did."""
    _tell(turn, "view", product)
    if _is_recommended(turn, product):
        _tell(turn, "click", product)


def _is_recommended(turn: Turn, product: str) -> bool:
    """Whether the message is the button of a product among the recommendations last shown."""
    shown = turn.slot("shown_products")
    return (
        turn.message.is_payload
        and holds_wish(turn.slot("last_query"))
        and isinstance(shown, list)
        and product in shown
    )


def _tell(turn: Turn, kind: Kind, product: str) -> None:
    key = turn.idempotency_key(f"{kind} {product}")
    recommendations = turn.backends.recommendations
    beside(
        f"telling of a {kind}",
        lambda: recommendations.interaction(turn.customer, kind, product, key),
    )
