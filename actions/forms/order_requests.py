"""The forms that take down what is to be done with an order."""

from actions.forms.form import Answers
from actions.forms.order_form import OrderForm
from actions.turn import Turn


class ValidateCancelOrderForm(OrderForm):
    """Before an order is cancelled."""

    form = "cancel_order_form"
    operation = "cancel"


class ValidateChangeAddressForm(OrderForm):
    """Before an order is sent elsewhere."""

    form = "change_address_form"
    operation = "change_address"


class ValidateReturnForm(OrderForm):
    """Before an order is sent back."""

    form = "return_form"
    operation = "return"

    def read(self, turn: Turn, answers: Answers) -> None:
        """A message about damaged or wrong goods that begins the form is the reason."""
        super().read(turn, answers)
        if answers.begins and turn.message.intent in ("damaged_item", "wrong_item"):
            answers["return_reason"] = turn.message.words[:200] or None


class ValidateExchangeForm(OrderForm):
    """Before an order is exchanged."""

    form = "exchange_form"
    operation = "exchange"

    def read(self, turn: Turn, answers: Answers) -> None:
        """Colour and size after "to" are what is wanted, whenever they are said."""
        super().read(turn, answers)
        wanted = [*turn.message.values("color", "to"), *turn.message.values("size", "to")]
        if wanted and (answers.begins or "wanted_option" in answers.given):
            answers["wanted_option"] = " / ".join(wanted)


class ValidateInvoiceForm(OrderForm):
    """Before an invoice is asked for."""

    form = "invoice_form"
    operation = "invoice"
