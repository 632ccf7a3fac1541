"""What the shop allows in its offers, and how alike variants may be."""

from __future__ import annotations

from pydantic import confloat, conint

from backends.campaigns.copy.material.reading import Strict


class Limits(Strict):
    """``limits.yml``, where each is explained."""

    most_percent_off: confloat(gt=0, lt=100)  # type: ignore[valid-type]
    longest_days: conint(ge=1, le=3650)  # type: ignore[valid-type]
    scarce_at_most: conint(ge=0, le=100_000)  # type: ignore[valid-type]
    likeness: confloat(gt=0, le=1)  # type: ignore[valid-type]
