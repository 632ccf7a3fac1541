"""Writing down what a customer agrees to, with what a withdrawal deletes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.consent import record
from backends.customers.models import CustomerMessage
from backends.customers.profiles.models import ProfileTags
from backends.customers.purposes import Purpose

# Tags may rest on messages and go with them; the next run of the profiles makes those anew that
# other data carries.
DELETED_WITHOUT: Mapping[Purpose, tuple[Any, ...]] = {
    "messages": (CustomerMessage, ProfileTags),
    "profile": (ProfileTags,),
}


async def change(
    session: AsyncSession,
    customer_id: str,
    said: Mapping[Purpose, bool],
    source: str,
    moment: datetime,
) -> None:
    """Record consents that are given or withdrawn, and delete what a withdrawn one carried.

    Args:
        session: a write session that holds the customer.
        customer_id: whose they are.
        said: true (given) or false (withdrawn) by purpose.
        source: through whom, see `backends.customers.models.Consent`.
        moment: when.
    """
    for purpose, given in said.items():
        await record(session, customer_id, purpose, given, source, moment)
        if given:
            continue
        for table in DELETED_WITHOUT.get(purpose, ()):
            await session.execute(
                delete(table)
                .where(table.customer_id == customer_id)
                .execution_options(synchronize_session=False)
            )
