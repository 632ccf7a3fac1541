"""A customer with a row in every table that can name one, each text with a mark to search for."""

from __future__ import annotations

from datetime import timedelta

from backends.campaigns.experiments.models import Assignment, Experiment
from backends.campaigns.experiments.units import unit_of_sender
from backends.campaigns.outreach.models import DoNotContact, Outreach, OutreachSend
from backends.customers.models import Consent, CustomerMessage
from backends.customers.profiles.models import ProfileTags
from backends.db import now
from backends.feedback.models import Feedback
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.slack.models import SlackThread
from backends.idempotency import IdempotencyKey
from backends.insights.events.models import Conversation, Sender, Turn
from backends.insights.measures.models import RecommendationExposure, SegmentMember
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
from backends.review.queue.models import ReviewMessage, ReviewOccurrence


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
        hashed = unit_of_sender("wechat", self.bound)
        return [self.mark, self.phone, f"SF99999999999{self.order[-1]}", hashed]

    def rows(self) -> list[object]:
        """The rows, in an order in which they can be stored."""
        return [
            *self._sale(),
            *self._senders(),
            *self._behaviour(),
            *self._talks(),
            *self._experiments(),
            *self._outreach(),
            *self._conversations(),
            *self._reviews(),
        ]

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
            RecommendationExposure(
                id=int(self.customer_id[1:]),
                channel="wechat",
                sender=self.bound,
                kind="general",
                language="en",
                products=["P"],
                at=at,
                **me,
            ),
            SegmentMember(segment="valued", **me),
            self._fallback("slack", self.former, f"what {self.mark}"),
            self._fallback("rest", "a-bystander", f"where is {self.order} of {self.mark}"),
        ]

    def _talks(self) -> list[object]:
        at = now()
        # Ids by hand, since rows that belong together are stored one by one.
        first = 10 * int(self.customer_id[1:])
        return [
            self._ticket(first, "wechat", self.bound, f"help {self.mark}", self.customer_id),
            self._ticket(first + 1, "slack", self.former, f"help {self.mark}", None),
            self._ticket(first + 2, "rest", f"by-{first}", "for another", None, self.order),
            self._ticket(first + 3, "rest", f"by-{first + 1}", "for another", None),
            TicketMessage(
                ticket_id=first, author="customer", text=f"I am {self.mark}", at=at, attempts=0
            ),
            TicketMessage(
                ticket_id=first + 3, author="staff", text=f"{self.mark} has {self.phone}", at=at,
                attempts=0, delivery="sent",
            ),
            SlackThread(
                ticket_id=first, shown="", said_until=0, told=[], version=1, attempts=0, try_at=at
            ),
            Feedback(
                reference=f"F{first:012d}", channel="wechat", sender=self.bound, ticket_id=first,
                customer_id=self.customer_id, day=at.date(), comment=f"so {self.mark}", asked_at=at,
            ),
            Feedback(
                reference=f"F{first + 1:012d}", channel="rest", sender=f"by-{first}",
                day=at.date(), comment=f"{self.order} was {self.mark}", asked_at=at,
            ),
        ]  # fmt: skip

    def _experiments(self) -> list[object]:
        at, id = now(), int(self.customer_id[1:])
        drawn = {
            "experiment_id": id, "arm": 0, "propensity": 0.5, "is_holdout": False, "version": 1,
            "assigned_at": at, "late": False,
        }  # fmt: skip
        units = self.customer_id, unit_of_sender("wechat", self.bound), "C-somebody-else"
        return [
            Experiment(
                id=id, reference=f"EX{id:010d}", name="a or b", state="running", design={},
                salt="salt", created_at=at, started_at=at, ends_at=at,
            ),
            *(Assignment(unit=unit, context=[float(id)], **drawn) for unit in units),
        ]  # fmt: skip

    def _outreach(self) -> list[object]:
        at = now()
        number = int(self.customer_id[1:])
        reference = f"OR{number:010d}"
        return [
            Outreach(
                id=number, reference=reference, name="n", audience={"kind": "everybody"},
                copies=["CP"], state="done", begins_at=at - timedelta(days=1), ends_at=at,
                size=1, created_at=at, ended_at=at,
            ),
            OutreachSend(
                outreach_id=number, campaign=reference, customer_id=self.customer_id,
                state="failed", reason="refused", detail=f"not to {self.mark}", arm="CP",
                channel="wechat", sender=self.bound, attempts=1, is_unsure=False, claimed_at=at,
                revenue_fen=0, is_rewarded=False,
            ),
            DoNotContact(channel="wechat", sender=self.bound, at=at),
        ]  # fmt: skip

    def _conversations(self) -> list[object]:
        at, number = now(), int(self.customer_id[1:])
        none = dict.fromkeys(
            ("answer_ms", "answers", "bot_turns", "fallbacks", "negative", "positive"), 0
        )
        return [
            Conversation(
                id=number, channel="wechat", sender=self.bound, language="en", model="m",
                started_at=at, last_at=at, first_customer_at=at, customer_turns=1, neutral=1,
                intents={"greet": 1}, handed_over=False, counted=False, **none,
            ),
            Turn(
                conversation_id=number, key=f"k{number}", at_ms=1, author="customer",
                text=f"it is {self.mark}", intent="greet", is_fallback=False,
                entities=[{"entity": "product", "value": self.mark, "start": 6, "end": 7}],
            ),
            Sender(sender=self.bound, channel="wechat", seen_at=at),
        ]  # fmt: skip

    def _reviews(self) -> list[object]:
        at, first = now(), 10 * int(self.customer_id[1:])
        # Said by this customer alone, by a bystander about this customer, and by both.
        texts = f"only {self.mark}", f"where is {self.order}", "what anybody may say"
        senders = [(0, "wechat", self.bound), (1, "rest", "a-bystander"), (2, "rest", "a-bystander"),
                   (2, "slack", self.former)]  # fmt: skip
        return [
            *(
                ReviewMessage(
                    id=first + number, key=f"{first + number}", text=text, language="en",
                    entities=[], count=1, first_at=at, newest_at=at,
                )
                for number, text in enumerate(texts)
            ),
            *(
                ReviewOccurrence(
                    source="fallback", source_id=f"{first + at}", message_id=first + number,
                    channel=channel, sender=sender, at=now(), said="hm", details={},
                )
                for at, (number, channel, sender) in enumerate(senders)
            ),
        ]  # fmt: skip

    def _ticket(
        self, id: int, channel: str, sender: str, summary: str, customer_id: str | None,
        order: str = "",
    ) -> Ticket:  # fmt: skip
        at = now()
        return Ticket(
            id=id, reference=f"T{id:012d}", channel=channel, sender=sender, summary=summary,
            customer_id=customer_id, state="ended", reason="asked", language="en", priority=False,
            slots={"order_number": order, "who": self.mark} if order else {}, created_at=at,
            ended_at=at, ended_by="staff", unanswered=False, turn_since=at, version=id,
        )  # fmt: skip

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
