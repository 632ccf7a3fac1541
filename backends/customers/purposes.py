"""What a customer's data may be used for beyond the contract itself."""

from __future__ import annotations

from typing import Literal

Purpose = Literal["marketing", "messages", "profile", "recommendations"]
PURPOSES: tuple[Purpose, ...] = ("marketing", "messages", "profile", "recommendations")

# What holds while a customer has said nothing. Recommendations by one's own history may be
# switched off at any time; all else needs a clear yes.
DEFAULTS: dict[Purpose, bool] = {
    "marketing": False,
    "messages": False,
    "profile": False,
    "recommendations": True,
}
