"""The forms that ask which order, to tell something of it."""

from actions.forms.order_form import OrderForm


class ValidateOrderStatusForm(OrderForm):
    """Before an order's status is told."""

    form = "order_status_form"


class ValidateShipmentForm(OrderForm):
    """Before a parcel is tracked."""

    form = "shipment_form"


class ValidateRefundForm(OrderForm):
    """Before a refund's progress is told."""

    form = "refund_form"
