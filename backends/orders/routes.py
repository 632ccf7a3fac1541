"""The endpoints of the orders service."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sanic import Blueprint
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from backends.auth import Caller, check_caller
from backends.db import now
from backends.errors import ApiError, not_found
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.orders import access, verification, views, wishes
from backends.orders.models import ERASED, Customer, Identity, Order, ServiceRequest
from backends.orders.numbers import PATTERN
from backends.orders.rules import Permission
from backends.orders.schemas import (
    AddressRequest,
    CancellationRequest,
    ExchangeRequest,
    IdentityAnswer,
    IdentityRequest,
    InvoiceRequest,
    OrderList,
    OrderView,
    RefundView,
    ReturnRequest,
    ServiceRequestAnswer,
    ServiceRequestBody,
    ServiceRequestList,
    ServiceRequestQuery,
    ServiceRequestView,
    ShipmentView,
    VerificationAnswer,
    VerificationRequest,
)
from backends.settings import Settings

blueprint = Blueprint("orders", url_prefix="/v1")
NUMBER = {"number": PATTERN}
_NO_LOOKALIKES = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def _settings(call: Call) -> Settings:
    return call.request.app.ctx.settings


@endpoint(
    blueprint,
    "POST",
    "/verifications",
    summary="Prove that an order is the customer's own",
    body=VerificationRequest,
    answers={200: VerificationAnswer},
    errors=(403, 429),
    customer=True,
)
async def verify_order(call: Call) -> VerificationAnswer:
    """Grant the order to the sender for half an hour."""
    number = call.body.order_number
    until = await verification.verify(call.db, call.caller, number, call.body.phone_last4)
    return VerificationAnswer(order_number=number, expires_at=until)


@endpoint(
    blueprint,
    "PUT",
    "/identities/<channel:str>/<sender:str>",
    summary="Bind a sender to a customer",
    body=IdentityRequest,
    answers={200: IdentityAnswer},
    errors=(403, 404),
    path_patterns={"channel": "^[A-Za-z][A-Za-z0-9_-]{0,31}$"},
)
async def bind_identity(call: Call) -> IdentityAnswer:
    """Bind; only on channels that vouch for their senders."""
    who = _identity(call)
    if who.channel not in _settings(call).trusted_channels:
        raise ApiError(
            403, "untrusted_channel", "Senders of this channel cannot be bound to a customer."
        )
    async with call.db.write() as session:
        customer = await session.get(Customer, call.body.customer_id)
        if customer is None or customer.id == ERASED:
            raise not_found("There is no such customer.")
        dialect = sqlite if call.db.is_sqlite else postgresql
        insert = dialect.insert(Identity).values(
            channel=who.channel, sender=who.sender, customer_id=customer.id, created_at=now()
        )
        await session.execute(
            insert.on_conflict_do_update(
                index_elements=("channel", "sender"),
                set_={
                    "customer_id": insert.excluded.customer_id,
                    "created_at": insert.excluded.created_at,
                },
            )
        )
    return IdentityAnswer(channel=who.channel, sender=who.sender, customer_id=customer.id)


@endpoint(
    blueprint,
    "DELETE",
    "/identities/<channel:str>/<sender:str>",
    summary="Unbind a sender",
    answers={204: None},
    path_patterns={"channel": "^[A-Za-z][A-Za-z0-9_-]{0,31}$"},
)
async def unbind_identity(call: Call) -> None:
    """Unbind; nothing happens when the sender was not bound."""
    who = _identity(call)
    async with call.db.write() as session:
        await session.execute(
            delete(Identity)
            .where(Identity.channel == who.channel, Identity.sender == who.sender)
            .execution_options(synchronize_session=False)
        )


def _identity(call: Call) -> Caller:
    return check_caller(call.path["channel"], call.path["sender"], "path")


@endpoint(
    blueprint,
    "GET",
    "/orders",
    summary="The orders this sender may see",
    answers={200: OrderList},
    customer=True,
)
async def list_orders(call: Call) -> OrderList:
    """List at most ten, newest first."""
    async with call.db.read() as session:
        bound, orders = await access.visible_orders(
            session, call.caller, _settings(call).trusted_channels
        )
    return OrderList(bound=bound, items=[views.summary(order) for order in orders])


@endpoint(
    blueprint,
    "GET",
    "/orders/<number:str>",
    summary="One order",
    answers={200: OrderView},
    errors=(403,),
    path_patterns=NUMBER,
    customer=True,
)
async def show_order(call: Call) -> OrderView:
    """Show an order to its owner."""
    order = await _read(call)
    return views.full(order, now(), _settings(call).return_window_days)


@endpoint(
    blueprint,
    "GET",
    "/orders/<number:str>/shipment",
    summary="The parcel of an order and its way",
    answers={200: ShipmentView},
    errors=(403,),
    path_patterns=NUMBER,
    customer=True,
)
async def show_shipment(call: Call) -> ShipmentView:
    """Show where the parcel is."""
    return views.shipment(await _read(call, events=True))


@endpoint(
    blueprint,
    "GET",
    "/orders/<number:str>/refund",
    summary="Where the money of an order is",
    answers={200: RefundView},
    errors=(403,),
    path_patterns=NUMBER,
    customer=True,
)
async def show_refund(call: Call) -> RefundView:
    """Show the refund, with status ``none`` when there is none."""
    return views.refund(await _read(call))


async def _read(call: Call, *, events: bool = False) -> Order:
    async with call.db.read() as session:
        return await access.owned(
            session,
            call.caller,
            call.path["number"],
            _settings(call).trusted_channels,
            events=events,
        )


def _wish(
    path: str, wish: Permission, summary: str, body: type, carry_out: Callable[..., Any]
) -> None:
    """Register a write on an order: owner, then once, then state, then the work."""

    async def handler(call: Call) -> Answer:
        settings = _settings(call)
        async with call.db.write() as session:
            order = await access.owned(
                session, call.caller, call.path["number"], settings.trusted_channels, lock=True
            )

            async def work() -> OrderView:
                moment = now()
                wishes.check(order, wish, moment, settings.return_window_days)
                record = carry_out(order, call.body, moment)
                if record is not None:
                    session.add(record)
                await session.flush()
                return views.full(order, moment, settings.return_window_days)

            return await once(session, call, work)

    handler.__name__ = handler.__qualname__ = carry_out.__name__
    endpoint(
        blueprint,
        "POST",
        f"/orders/<number:str>/{path}",
        summary=summary,
        body=body,
        answers={201: OrderView},
        errors=(403, 409, 422),
        path_patterns=NUMBER,
        customer=True,
        idempotent=True,
    )(handler)


_wish("cancellation", "cancel", "Cancel an order", CancellationRequest, wishes.cancel)
_wish("address", "change_address", "Send an order elsewhere", AddressRequest, wishes.change_address)
_wish("returns", "return", "Ask to send goods back", ReturnRequest, wishes.request_return)
_wish("exchanges", "exchange", "Ask for an exchange", ExchangeRequest, wishes.request_exchange)
_wish("invoice", "invoice", "Ask for an invoice", InvoiceRequest, wishes.request_invoice)


@endpoint(
    blueprint,
    "POST",
    "/service-requests",
    summary="File a complaint or a wish to be called back",
    body=ServiceRequestBody,
    answers={201: ServiceRequestAnswer},
    errors=(422,),
    customer=True,
    idempotent=True,
)
async def file_service_request(call: Call) -> Answer:
    """File it for the staff; an order that is named need not be the sender's own."""
    async with call.db.write() as session:
        number = call.body.order_number
        verified = False
        if number:
            try:
                await access.owned(session, call.caller, number, _settings(call).trusted_channels)
                verified = True
            except ApiError:
                verified = False

        async def work() -> ServiceRequestAnswer:
            reference = "SR" + "".join(secrets.choice(_NO_LOOKALIKES) for _ in range(8))
            session.add(
                ServiceRequest(
                    reference=reference,
                    kind=call.body.kind,
                    text=call.body.text,
                    channel=call.caller.channel,
                    sender=call.caller.sender,
                    order_number=number,
                    order_verified=verified,
                    priority=call.body.priority,
                    created_at=now(),
                )
            )
            return ServiceRequestAnswer(reference=reference)

        return await once(session, call, work)


@endpoint(
    blueprint,
    "GET",
    "/service-requests",
    summary="What customers asked the shop's people for: priority first, then the oldest",
    query=ServiceRequestQuery,
    answers={200: ServiceRequestList},
)
async def list_service_requests(call: Call) -> ServiceRequestList:
    """List them for the staff."""
    asked: ServiceRequestQuery = call.query
    async with call.db.read() as session:
        rows = await session.execute(
            select(ServiceRequest)
            .where(ServiceRequest.created_at >= now() - timedelta(days=asked.days))
            .order_by(
                ServiceRequest.priority.desc(),
                ServiceRequest.created_at,
                ServiceRequest.reference,
            )
            .limit(asked.limit)
            .offset(asked.offset)
        )
        items = [
            ServiceRequestView(
                **{name: getattr(row, name) for name in ServiceRequestView.__fields__}
            )
            for row in rows.scalars()
        ]
    return ServiceRequestList(items=items)
