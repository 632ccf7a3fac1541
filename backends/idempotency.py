"""Writes that happen once, however often and however nearly at once they are sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Column, Integer, String, Text, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Base, UtcDateTime, now
from backends.errors import ApiError
from backends.http import Answer, Call


class IdempotencyKey(Base):
    """The answer given to one key of one customer."""

    __tablename__ = "idempotency_keys"

    channel = Column(String(32), primary_key=True)
    sender = Column(String(255), primary_key=True)
    key = Column(String(128), primary_key=True)
    request_hash = Column(String(64), nullable=False)
    status = Column(Integer)
    body = Column(Text)
    created_at = Column(UtcDateTime, nullable=False, index=True)


async def once(session: AsyncSession, call: Call, work: Callable[[], Awaitable[Any]]) -> Answer:
    """Do the work of a write unless this customer's key has done it, and remember the answer.

    The key is claimed by an insert in the same transaction as the work: a request that races with
    the same key waits for that transaction and then finds its answer. A refusal (`ApiError`) is an
    answer too and is remembered; what the work had changed before it is undone.

    Args:
        session: a session of ``Database.write()``; the caller commits it by leaving it.
        call: a call of an endpoint declared with ``customer=True, idempotent=True``.
        work: changes the database and returns the model of a 201 answer (or an `Answer`).

    Returns:
        The answer; a replayed one has the header ``Idempotency-Replayed: true``.

    Raises:
        ApiError: 422 ``idempotency_mismatch`` when the key came with another request before.
    """
    mark = _hash(call)
    where = (
        (IdempotencyKey.channel == call.caller.channel)
        & (IdempotencyKey.sender == call.caller.sender)
        & (IdempotencyKey.key == call.key)
    )
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    claimed = await session.execute(
        insert(IdempotencyKey)
        .values(
            channel=call.caller.channel,
            sender=call.caller.sender,
            key=call.key,
            request_hash=mark,
            created_at=now(),
        )
        .on_conflict_do_nothing()
    )
    if not claimed.rowcount:
        earlier = (await session.execute(select(IdempotencyKey).where(where))).scalar_one()
        if earlier.request_hash != mark:
            raise ApiError(
                422,
                "idempotency_mismatch",
                "This Idempotency-Key was used with another request: take a new one.",
            )
        return Answer(earlier.status, json.loads(earlier.body), {"Idempotency-Replayed": "true"})
    try:
        async with session.begin_nested():
            result = await work()
    except ApiError as refusal:
        result = Answer(refusal.status, refusal.body())
    answer = result if isinstance(result, Answer) else Answer(201, result)
    if isinstance(answer.body, BaseModel):
        answer.body = json.loads(answer.body.json(by_alias=True))
    await session.execute(
        update(IdempotencyKey)
        .where(where)
        .values(status=answer.status, body=json.dumps(answer.body, ensure_ascii=False))
        .execution_options(synchronize_session=False)
    )
    return answer


async def forget_before(session: AsyncSession, moment: Any) -> None:
    """Delete the keys claimed before a moment; they are then free for new requests."""
    await session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.created_at < moment)
        .execution_options(synchronize_session=False)
    )


def _hash(call: Call) -> str:
    body = call.body.dict() if call.body is not None else None
    parts = [call.request.method, call.request.route.path, dict(call.path), body]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
