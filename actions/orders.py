"""What an order's state is: one order, all orders, the parcel, the refund."""

from collections.abc import Mapping

from rasa_sdk.events import SlotSet

from actions import formatting
from actions.base import ShopAction
from actions.clients.errors import NotFound
from actions.clients.order_models import Order, OrderSummary, ShipmentEvent
from actions.order_action import OrderAction
from actions.turn import Button, Event, Turn

_MOST = 5

#: What an order may allow, with the intent that asks for it.
_INTENTS = {
    "cancel": "cancel_order",
    "change_address": "change_address",
    "return": "return_item",
    "exchange": "exchange_item",
    "invoice": "ask_invoice",
}


class ActionOrderStatus(OrderAction):
    """Says how an order stands and what can be done with it."""

    action_name = "action_order_status"

    async def answer(self, turn: Turn, order_number: str) -> list[Event]:
        """Give state, goods, sum and delivery."""
        order = await turn.backends.orders.order(turn.customer, order_number)
        goods = [
            turn.text(
                "utter_order_item_line", name=_localized(turn, item.name), quantity=item.quantity
            )
            for item in order.items[:_MOST]
        ]
        expected = None
        if order.estimated_delivery and order.status not in ("delivered", "completed", "cancelled"):
            expected = turn.text(
                "utter_expected_line", day=formatting.day(order.estimated_delivery)
            )
        turn.say(
            "utter_order_status",
            self._buttons(turn, order),
            number=order.order_number,
            status=status_text(turn, order.status),
            day=formatting.day(order.placed_at),
            total=formatting.amount(order.total),
            lines=turn.below(*goods, expected),
        )
        return [
            SlotSet("order_number", order.order_number),
            SlotSet("order_outcome", "ok"),
        ]

    def _buttons(self, turn: Turn, order: Order) -> list[Button]:
        buttons = []
        if order.tracking_number:
            buttons.append(turn.button(turn.text("utter_button_track"), "track_shipment"))
        buttons += [
            turn.button(turn.text(f"utter_button_{operation}"), intent)
            for operation, intent in _INTENTS.items()
            if operation in order.allowed
        ]
        return buttons[:5]


class ActionListOrders(ShopAction):
    """Lists the orders that this customer may see."""

    action_name = "action_list_orders"
    outcome_slot = "order_outcome"

    async def perform(self, turn: Turn) -> list[Event]:
        """List the latest five, or say how to show an order."""
        found = await turn.backends.orders.orders(turn.customer)
        if not found.items:
            turn.say("utter_no_orders" if found.bound else "utter_order_number_needed")
            return [SlotSet("order_outcome", "ok" if found.bound else "not_verified")]
        orders = found.items[:_MOST]
        turn.say(
            "utter_orders",
            [
                turn.button(each.order_number, "order_status", order_number=each.order_number)
                for each in orders
            ],
            items="\n".join(self._line(turn, order) for order in orders),
        )
        return [SlotSet("order_outcome", "ok")]

    def _line(self, turn: Turn, order: OrderSummary) -> str:
        return turn.text(
            "utter_order_line",
            number=order.order_number,
            status=status_text(turn, order.status),
            day=formatting.day(order.placed_at),
            item=_localized(turn, order.first_item),
            count=order.item_count,
            total=formatting.amount(order.total),
        )


class ActionTrackShipment(OrderAction):
    """Says where a parcel is."""

    action_name = "action_track_shipment"

    async def answer(self, turn: Turn, order_number: str) -> list[Event]:
        """Give carrier, number and the latest events, the newest first."""
        done = [SlotSet("order_number", order_number), SlotSet("order_outcome", "ok")]
        try:
            shipment = await turn.backends.orders.shipment(turn.customer, order_number)
        except NotFound:
            turn.say("utter_not_shipped_yet", number=order_number)
            return done
        if not shipment.tracking_number:
            turn.say("utter_not_shipped_yet", number=order_number)
            return done
        latest = sorted(shipment.events, key=lambda event: event.at, reverse=True)[:_MOST]
        expected = None
        if shipment.estimated_delivery and not (latest and latest[0].code == "delivered"):
            expected = turn.text(
                "utter_expected_line", day=formatting.day(shipment.estimated_delivery)
            )
        turn.say(
            "utter_shipment",
            number=order_number,
            carrier=_label(turn, "utter_carrier_", shipment.carrier),
            tracking_number=shipment.tracking_number,
            lines=turn.below(*(self._line(turn, event) for event in latest), expected),
        )
        return done

    def _line(self, turn: Turn, event: ShipmentEvent) -> str:
        return turn.text(
            "utter_shipment_line",
            moment=formatting.moment(event.at),
            event=_label(turn, "utter_shipment_event_", event.code),
            place=_localized(turn, event.location),
        )


class ActionRefundProgress(OrderAction):
    """Says how a refund stands."""

    action_name = "action_refund_progress"

    async def answer(self, turn: Turn, order_number: str) -> list[Event]:
        """Give the refund's state, sum and day."""
        refund = await turn.backends.orders.refund(turn.customer, order_number)
        day = refund.refunded_at or refund.expected_by
        turn.say(
            f"utter_refund_{refund.status}",
            number=order_number,
            amount=formatting.amount(refund.amount or 0),
            day=formatting.day(day) if day else turn.text("utter_day_unknown"),
        )
        return [SlotSet("order_number", order_number), SlotSet("order_outcome", "ok")]


def status_text(turn: Turn, status: str) -> str:
    """Return the label of an order's status."""
    return _label(turn, "utter_order_status_", status)


def _label(turn: Turn, prefix: str, code: str | None) -> str:
    """Return the label of a backend's code; one we know no label for is shown as it is."""
    name = f"{prefix}{code}"
    return turn.text(name) if name in turn.responses else str(code or "")


def _localized(turn: Turn, text: Mapping[str, str] | None) -> str:
    """Return a text given in several languages in the answer's, else in any."""
    text = text or {}
    return text.get(turn.language) or next(iter(text.values()), "")
