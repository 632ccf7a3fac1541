"""The validators of forms about an order: which one, and whether the customer may see it."""

from typing import ClassVar

from actions.clients.errors import InvalidRequest, Locked, NotVerified
from actions.clients.order_models import Order
from actions.forms.form import Answers, FormEnded, FormValidator
from actions.order_changes import say_refusal
from actions.order_number import (
    last4_beside,
    looks_like_order_number,
    read_last4,
    read_order_number,
)
from actions.refusals import refusal_reason
from actions.turn import Turn

_CODES = ("tracking_number", "phone", "sku", "money")


class OrderForm(FormValidator):
    """Takes order number and phone digits in any order or both at once, also corrected later.

    The pair is checked with the order service as soon as both are there; when the sender may see
    the order already, the digits are not asked for.

    Attributes:
        operation: What the order must allow for the form to go on, by the service's word.
    """

    operation: ClassVar[str | None] = None

    def read(self, turn: Turn, answers: Answers) -> None:
        """Read number and digits, then the rest."""
        self._read_number(turn, answers)
        self._read_last4(turn, answers)
        super().read(turn, answers)
        self._read_confirm(turn, answers)

    def is_answer(self, turn: Turn, answers: Answers, name: str) -> bool:
        """Also a correction at the confirming step; not when it corrects the order's number."""
        if turn.message.has("order_number"):
            return False
        return answers.requested in (name, "confirm")

    async def check(self, turn: Turn, answers: Answers) -> None:
        """Find out whether the customer may see the order and whether it allows the operation.

        Raises:
            FormEnded: The sender is locked, or the order's state forbids it.
        """
        number = answers["order_number"]
        if number is None:
            return
        order = await self._visible(turn, answers, number)
        if order is None:
            return
        answers["phone_last4"] = None
        if self.operation and self.operation not in order.allowed:
            say_refusal(turn, number, refusal_reason(order, self.operation))
            raise FormEnded("refused")
        answers.required.remove("phone_last4")

    async def _visible(self, turn: Turn, answers: Answers, number: str) -> Order | None:
        orders, last4 = turn.backends.orders, answers["phone_last4"]
        try:
            return await orders.order(turn.customer, number)
        except (NotVerified, InvalidRequest):
            if last4 is None:
                return None
        try:
            await orders.verify(turn.customer, number, last4)
            return await orders.order(turn.customer, number)
        except Locked:
            turn.say("utter_order_locked")
            raise FormEnded("locked") from None
        except (NotVerified, InvalidRequest):
            turn.say("utter_order_not_verified")
            answers["order_number"] = answers["phone_last4"] = answers["confirm"] = None
            return None

    def _read_number(self, turn: Turn, answers: Answers) -> None:
        words = turn.message.words
        given = answers.given.get("order_number")
        asked = answers.begins or answers.requested in ("order_number", "phone_last4", "confirm")
        number = read_order_number(given) or (read_order_number(words) if asked else None)
        if number:
            if given is not None or number != answers["order_number"]:
                answers.hear("order_number", number)
            return
        unreadable = given is not None or (asked and looks_like_order_number(words))
        if not unreadable:
            return
        if given is None and turn.message.has(*_CODES):
            return
        answers.hear("order_number", None)
        if not turn.message.has("phone_last4"):
            turn.say("utter_order_number_malformed")

    def _read_last4(self, turn: Turn, answers: Answers) -> None:
        words = turn.message.words
        given = answers.given.get("phone_last4")
        asked = answers.requested == "phone_last4"
        last4 = (
            read_last4(given)
            or last4_beside(words)
            or (read_last4(words) if asked and not read_order_number(words) else None)
        )
        if last4:
            answers.hear("phone_last4", last4)
        elif answers.begins:
            answers["phone_last4"] = None
        elif given is not None:
            answers.hear("phone_last4", None)
            if asked and not looks_like_order_number(words):
                turn.say("utter_phone_last4_malformed")

    def _read_confirm(self, turn: Turn, answers: Answers) -> None:
        """Take a yes only when it answers the question, and nothing was corrected beside it."""
        corrected = [name for name in answers.given if name not in ("confirm", "phone_last4")]
        if answers.requested != "confirm" or corrected or answers["confirm"] is not True:
            answers["confirm"] = None
