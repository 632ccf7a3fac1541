"""Showing of an address or a mailbox only what its owner needs to recognise it."""

from __future__ import annotations

import re

HIDDEN = "****"
_DISTRICT = re.compile(r"^[一-鿿]{2,8}?[省市区县][一-鿿]{0,6}?[市区县]?")


def mask_address(address: str) -> str:
    """The district of a Chinese address, the last part of a Latin one; the rest is hidden.

    A part with digits is never shown: it may be the house number.
    """
    found = _DISTRICT.match(address)
    if found:
        return found.group() + HIDDEN
    parts = [part.strip() for part in re.split(r"[,，]", address) if part.strip()]
    last = parts[-1] if len(parts) > 1 else ""
    if not last or any(character.isdigit() for character in last) or len(last) > 40:
        return HIDDEN
    return f"{HIDDEN}, {last}"


def mask_email(email: str) -> str:
    """The first character and the domain."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}{HIDDEN}@{domain}"
