"""What profiles say of customers, as features of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.consent import allowed
from backends.customers.profiles.covered import covered
from backends.customers.profiles.models import ProfileTags
from backends.orders.models import Customer
from backends.recommendations.factorization.observations import Floats


@dataclass(frozen=True)
class CustomerTags:
    """The tags of the customers whose consent covers a profile.

    Attributes:
        names: of all tags, ``group.tag``.
        probabilities: by customer id, then by name.
    """

    names: tuple[str, ...]
    probabilities: Mapping[str, Mapping[str, float]]

    def rows(self, customers: Sequence[str | None]) -> Floats:
        """Return (customers, names); a customer without tags gets the mean of those who have."""
        rows = np.full((len(customers), len(self.names)), np.nan, np.float32)
        for row, customer in zip(rows, customers, strict=True):
            known = self.probabilities.get(customer or "")
            if known is not None:
                row[:] = tag_row(known, self.names)
        known_rows = ~np.isnan(rows).any(axis=1)
        mean = rows[known_rows].mean(axis=0) if known_rows.any() else 0.0
        return np.where(known_rows[:, None], rows, mean).astype(np.float32)


def tag_row(probabilities: Mapping[str, float], names: Sequence[str]) -> Floats:
    """Return (names,) the probabilities, 0 for tags that the customer does not have."""
    return np.array([probabilities.get(name, 0.0) for name in names], np.float32)


async def read_tags(session: AsyncSession) -> CustomerTags:
    """Read the tags of all customers who agreed to both a profile and recommendations."""
    rows = await session.execute(
        select(ProfileTags.customer_id, ProfileTags.tags).where(
            covered(), allowed(ProfileTags.customer_id, "recommendations")
        )
    )
    found = {customer: dict(tags) for customer, tags in rows}
    names = sorted({name for tags in found.values() for name in tags})
    return CustomerTags(tuple(names), found)


@dataclass(frozen=True)
class Standing:
    """What a customer's consent lets be known of him.

    Attributes:
        covered: whether his history may be used for recommendations.
        tags: probabilities of his profile, None where there is none or consent covers none.
    """

    covered: bool
    tags: Mapping[str, float] | None


_STANDING = (
    select(allowed(Customer.id, "recommendations"), ProfileTags.tags)
    .select_from(Customer)
    .outerjoin(ProfileTags, (ProfileTags.customer_id == Customer.id) & covered())
    .where(Customer.id == bindparam("customer"))
)


async def standing(session: AsyncSession, customer: str) -> Standing:
    """Return what may be known of a customer; nothing of one that there is not."""
    row = (await session.execute(_STANDING, {"customer": customer})).first()
    return Standing(False, None) if row is None else Standing(bool(row[0]), row[1])
