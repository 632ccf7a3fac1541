"""A customer with a row in every table that can name one, each text with a mark to search for."""

from __future__ import annotations

from datetime import timedelta

from backends.customers.models import Consent, CustomerMessage
from backends.customers.profiles.models import ProfileTags
from backends.db import now
from backends.idempotency import IdempotencyKey
from backends.orders.models import (
    AddressChange,
    Customer,
    Exchange,
    Grant,
    Identity,
    Invoice,
    Order,
    OrderItem,
    Refund,
    Return,
    ServiceRequest,
    ShipmentEvent,
    Throttle,
)
from backends.recommendations.models import Interaction, Rating
from backends.review.models import Fallback


class Somebody:
    """What is known of an invented customer.

    Args:
        mark: a word of its own for all that names this customer.
        number: a digit of its own, for the phone and the order.
    """

    def __init__(self, mark: str, number: int) -> None:
        self.mark = mark
        self.customer_id = f"T{number}"
        self.phone = f"1990009999{number}"
        self.order = f"XD2025010100{number:02d}"
        self.bound = f"bound-{mark}"
        self.verified = f"verified-{mark}"
        self.former = f"former-{mark}"

    @property
    def secrets(self) -> list[str]:
        """What must not be found after an erasure."""
        return [self.mark, self.phone, f"SF99999999999{self.order[-1]}"]

    def rows(self) -> list[object]:
        """The rows, in an order in which they can be stored."""
        return [*self._sale(), *self._senders(), *self._behaviour()]

    def _sale(self) -> list[object]:
        at, long_ago = now(), now() - timedelta(days=300)
        order = {"order_number": self.order}
        return [
            Customer(
                id=self.customer_id, name=f"Name {self.mark}", language="en", phone=self.phone,
                created_at=long_ago,
            ),
            Order(
                number=self.order, customer_id=self.customer_id, status="completed",
                placed_at=long_ago, paid_at=long_ago, shipped_at=long_ago, delivered_at=long_ago,
                cancel_reason=f"because {self.mark}", total_fen=1234, shipping_fen=0,
                address=f"{self.mark} Road 1", carrier="starsail",
                tracking_number=f"SF99999999999{self.order[-1]}",
            ),
            OrderItem(
                **order, line=1, sku="S", product_id="P", name_zh="x", name_en="x", options=[],
                quantity=1, price_fen=1234,
            ),
            ShipmentEvent(**order, code="delivered", at=at, place_zh=f"城{self.mark}", place_en="c"),
            Return(**order, status="closed", reason=f"it {self.mark}", skus=[], requested_at=at),
            Exchange(
                **order, status="rejected", reason=f"it {self.mark}", wanted=f"a {self.mark}",
                requested_at=at,
            ),
            Refund(**order, status="refunded", amount_fen=5, requested_at=at, expected_by=at),
            Invoice(
                **order, title=f"{self.mark} Ltd", email=f"{self.mark}@example.com",
                requested_at=at, issued_at=at,
            ),
            AddressChange(**order, before=f"{self.mark} Lane 2", changed_at=at),
        ]  # fmt: skip

    def _senders(self) -> list[object]:
        at = now()
        return [
            Identity(
                channel="wechat", sender=self.bound, customer_id=self.customer_id, created_at=at
            ),
            Grant(channel="rest", sender=self.verified, order_number=self.order, expires_at=at),
            Throttle(kind="sender", subject=f"rest\n{self.verified}", failures=1, forget_at=at),
            Throttle(kind="order", subject=self.order, failures=1, forget_at=at),
            self._key("wechat", self.bound, "{}"),
            # Somebody else's answer that shows this customer's order.
            self._key("rest", "a-bystander", f'{{"number": "{self.order}", "x": "{self.mark}"}}'),
            self._request("wechat", self.bound, f"call me, {self.mark}", None),
            self._request("rest", "a-bystander", f"for {self.mark}", self.order),
            self._request("rest", "a-bystander", f"{self.mark} is {self.phone}", None),
        ]

    def _behaviour(self) -> list[object]:
        at = now()
        me = {"customer_id": self.customer_id}
        return [
            ProfileTags(
                **me, tags={"likes": self.mark}, features={}, reads_messages=True, model="", at=at
            ),
            Consent(**me, purpose="profile", given=True, source=f"customer:{self.mark}", at=at),
            CustomerMessage(**me, text=f"I like {self.mark}", language="en", at=at),
            Interaction(
                kind="view", product_id="P", channel="slack", sender=self.former, at=at, **me
            ),
            Interaction(kind="view", product_id="P", channel="slack", sender=self.former, at=at),
            Rating(product_id="P", stars=5, channel="wechat", sender=self.bound, at=at),
            self._fallback("slack", self.former, f"what {self.mark}"),
            self._fallback("rest", "a-bystander", f"where is {self.order} of {self.mark}"),
        ]

    def _key(self, channel: str, sender: str, body: str) -> IdempotencyKey:
        return IdempotencyKey(
            channel=channel, sender=sender, key=self.mark, request_hash="0", status=201,
            body=body, created_at=now(),
        )  # fmt: skip

    def _request(self, channel: str, sender: str, text: str, order: str | None) -> ServiceRequest:
        return ServiceRequest(
            reference=f"SR{abs(hash((self.mark, text))) % 10**8:08d}", kind="callback", text=text,
            channel=channel, sender=sender, order_number=order, order_verified=False,
            created_at=now(),
        )  # fmt: skip

    def _fallback(self, channel: str, sender: str, question: str) -> Fallback:
        return Fallback(
            reference=f"FB{abs(hash((self.mark, question))) % 10**12:012d}", channel=channel,
            sender=sender, language="en", question=question, outcome="answered",
            said=f"so {self.mark}", passages=[], candidates=[{"text": self.mark}],
            milliseconds=1, at=now(),
        )  # fmt: skip
