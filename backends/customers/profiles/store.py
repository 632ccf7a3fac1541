"""The profiles of all customers in the database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Text, cast, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.consent import covers_many
from backends.customers.profiles.covered import covered
from backends.customers.profiles.models import ProfileTags
from backends.customers.profiles.reckoning import Reckoned
from backends.customers.profiles.vectorizer import Floats

_AT_ONCE = 500


@dataclass(frozen=True)
class Kept:
    """A profile as it is kept.

    Attributes:
        values: its features and its tags' probabilities.
        vector: as the model of that digest sees the customer; None where rules made the tags.
    """

    customer: str
    values: dict[str, float]
    vector: Floats | None
    model: str


async def replace_all(
    session: AsyncSession,
    profiles: Sequence[Reckoned],
    readers: frozenset[str],
    moment: datetime,
) -> None:
    """Write the profiles in the place of all that are kept, but those that consent left since.

    Args:
        session: a write session.
        profiles: of all customers who have one.
        readers: the customers whose messages went into theirs.
        moment: when they were reckoned.
    """
    names = [one.customer for one in profiles]
    covered = await covers_many(session, names, "profile")
    readable = await covers_many(session, readers, "messages")
    lapsed = readers - readable
    profiles = [one for one in profiles if one.customer in covered - lapsed]
    await session.execute(delete(ProfileTags))
    for start in range(0, len(profiles), _AT_ONCE):
        rows = [
            {
                "customer_id": one.customer,
                "tags": {tag.name: round(tag.probability, 6) for tag in one.tags},
                "features": {name: round(value, 6) for name, value in one.features.items()},
                "vector": None if one.vector is None else one.vector.astype("<f4").tobytes(),
                "reads_messages": one.customer in readers,
                "model": one.model,
                "at": moment,
            }
            for one in profiles[start : start + _AT_ONCE]
        ]
        await session.execute(insert(ProfileTags.__table__), rows)


async def read_all(session: AsyncSession) -> tuple[datetime | None, list[Kept]]:
    """Return when the profiles were made, and those that consent covers now, by customer id."""
    made = (await session.execute(select(func.max(ProfileTags.at)))).scalar_one_or_none()
    rows = await session.execute(
        select(
            ProfileTags.customer_id,
            # As text: of many customers the JSON is read in a thread.
            cast(ProfileTags.features, Text),
            cast(ProfileTags.tags, Text),
            ProfileTags.vector,
            ProfileTags.model,
        )
        .where(covered())
        .order_by(ProfileTags.customer_id)
    )
    return made, await asyncio.to_thread(_decode, rows.all())


def _decode(rows: Sequence[Any]) -> list[Kept]:
    return [
        Kept(
            customer,
            {**json.loads(features), **json.loads(tags)},
            None if vector is None else np.frombuffer(vector, "<f4").astype(np.float64),
            model,
        )
        for customer, features, tags, vector, model in rows
    ]
