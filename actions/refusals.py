"""Why an order does not allow something, told from its state before anything is asked for."""

from actions.clients.order_models import Order

_SENT = ("shipped", "out_for_delivery", "delivered", "completed")


def refusal_reason(order: Order, operation: str) -> str:
    """Return the order service's word for why `operation` is not among `order.allowed`.

    It is what the service would answer to the attempt, as far as the order shows it; `other` when
    it does not.
    """
    if order.status == "cancelled":
        return "already_cancelled"
    if operation in ("cancel", "change_address"):
        return "already_shipped" if order.status in _SENT else "other"
    if order.status == "pending_payment":
        return "not_paid"
    if operation == "invoice":
        return "already_requested"
    if order.status not in _SENT:
        return "not_shipped"
    if order.status not in ("delivered", "completed"):
        return "not_delivered"
    running = [each for each in (order.return_, order.exchange) if each]
    asked = any(each.status != "rejected" for each in running)
    return "already_requested" if asked else "return_window_closed"
