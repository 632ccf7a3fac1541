"""A brief from the fields of its form."""

from __future__ import annotations

import re
import secrets
from typing import Any

from pydantic import ValidationError

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.schemas import CopyBriefRequest
from backends.console.forms import Form

_NUMBERS = ("value", "minimum", "price_after")
_PARTS = re.compile(r"[\s,，、;；]+")


class FormError(Exception):
    """A field cannot be used.

    Args:
        field: its name, among the texts under ``campaigns.fields``.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def read_brief(form: Form) -> Brief:
    """Return the brief that a form asks for.

    Raises:
        FormError: a field holds what cannot be used.
    """
    kind = form.one("offer_kind")
    offer: dict[str, Any] | None = None
    if kind:
        offer = {"kind": kind}
        if ":" in kind:
            offer["kind"], _, offer["promotion"] = kind.partition(":")
        for name in (*_NUMBERS, "gift", "code", "until"):
            if given := form.one(name):
                offer[name] = _number(name, given) if name in _NUMBERS else given
    asked = {
        "products": [part for part in _PARTS.split(form.one("products")) if part],
        "category": form.one("category") or None,
        "audience": form.one("audience") or None,
        "tone": form.one("tone"),
        "channel": form.one("channel"),
        "language": form.one("language"),
        "variants": int(form.one("variants")) if form.one("variants").isdecimal() else 0,
        "offer": offer,
        "facts": lines(form.raw("facts")),
        "points": lines(form.raw("points")),
        "scarce": form.one("scarce") == "1",
    }
    try:
        return CopyBriefRequest.parse_obj(asked).brief()
    except ValidationError as error:
        place = [str(part) for part in error.errors()[0]["loc"]]
        raise FormError(place[1] if place[0] == "offer" and len(place) > 1 else place[0]) from None


def lines(text: str) -> list[str]:
    """The lines of a text that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def key_of(form: Form, staff: int) -> str:
    """The idempotency key of a form; pressing its button twice writes once."""
    given = form.one("key")
    kept = given if re.fullmatch("[A-Za-z0-9_-]{10,60}", given) else new_key()
    return f"staff-{staff}-{kept}"


def new_key() -> str:
    """A key for a form that is shown."""
    return secrets.token_urlsafe(16)


def _number(name: str, given: str) -> float:
    try:
        return float(given.replace(",", ""))
    except ValueError:
        raise FormError(name) from None
