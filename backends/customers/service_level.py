"""How a customer is served, by the tags of the profile that was last made."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.profiles.covered import covered
from backends.customers.profiles.models import ProfileTags
from backends.customers.schemas import ServiceLevel

STANDARD = ServiceLevel(tier="standard", priority=False, tone="plain")
#: The tier whose requests people see to first, and the stage of life with the warm tone.
PRIORITY, LOYAL = "priority", "loyal"
# A tag that is less likely than not changes nothing.
_SURE = 0.5


async def service_level(session: AsyncSession, customer_id: str | None) -> ServiceLevel:
    """The level of a customer; the standard one for strangers and without consent to a profile."""
    if customer_id is None:
        return STANDARD
    rows = await session.execute(
        select(ProfileTags.tags).where(ProfileTags.customer_id == customer_id, covered())
    )
    tags = rows.scalar_one_or_none()
    return STANDARD if tags is None else _level(tags)


def _level(tags: Mapping[str, float]) -> ServiceLevel:
    tier = _tag(tags, "service_tier") or STANDARD.tier
    return ServiceLevel(
        tier=tier,
        priority=tier == PRIORITY,
        tone="warm" if _tag(tags, "life_cycle") == LOYAL else STANDARD.tone,
    )


def _tag(tags: Mapping[str, float], group: str) -> str | None:
    """The customer's tag of an exclusive group, if one is sure enough."""
    of_group = {
        name.partition(".")[2]: share
        for name, share in tags.items()
        if name.startswith(f"{group}.")
    }
    best = max(of_group, key=lambda name: of_group[name], default=None)
    return best if best is not None and of_group[best] >= _SURE else None
