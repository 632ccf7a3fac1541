"""GET /health: whether the services can do their work."""

from __future__ import annotations

from typing import Literal

from sanic import Blueprint
from sqlalchemy import text as sql

from backends import VERSION
from backends.http import Call, Wire, endpoint

blueprint = Blueprint("health")


class Health(Wire):
    """The services answer and reach their database."""

    status: Literal["ok"]
    version: str


@endpoint(
    blueprint, "GET", "/health", summary="Whether the services work", answers={200: Health},
    token=False,
)  # fmt: skip
async def health(call: Call) -> Health:
    """Answer 200 when the database can be read, else 503 by the common error handling."""
    async with call.db.read() as session:
        await session.execute(sql("SELECT version_num FROM alembic_version"))
    return Health(status="ok", version=VERSION)
