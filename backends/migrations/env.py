"""Alembic's entry: runs the migrations on the connection that `run.upgrade` hands over."""

from typing import Any, Literal

from alembic import context

from backends.db import UtcDateTime
from backends.models import Base


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    # A migration must not change when the type in the code does.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
