"""Reading `forbidden.yml`."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, constr

from backends.campaigns.copy.law.forbidden import Claim, Forbidden
from backends.campaigns.copy.material.reading import Both, Strict, read_model
from backends.setup_error import SetupError


class _Patterns(Strict):
    zh: list[str] = Field([])
    en: list[str] = Field([])


class _Claim(Strict):
    id: constr(regex="^[a-z][a-z0-9-]{1,39}$")  # type: ignore[valid-type]
    law: str
    reason: Both
    words: _Patterns
    allowed: _Patterns | None = None


class _File(Strict):
    same: dict[str, str] = Field({})
    claims: list[_Claim]


def read_forbidden(path: Path) -> Forbidden:
    """Read the list.

    Raises:
        SetupError: a mistake in it, with its place.
    """
    read = read_model(path, _File)
    same = _pairs(path, read.same)
    seen: set[str] = set()
    claims = []
    for one in read.claims:
        if one.id in seen:
            raise SetupError(f"{path}: {one.id} is there twice.")
        seen.add(one.id)
        words = _compiled(path, one.id, one.words)
        if words is None:
            raise SetupError(f"{path}: {one.id} has no words.")
        reasons = {"zh": one.reason.zh, "en": one.reason.en}
        allowed = _compiled(path, one.id, one.allowed) if one.allowed else None
        claims.append(Claim(one.id, one.law, reasons, words, allowed))
    return Forbidden(claims, same)


def _compiled(path: Path, name: str, patterns: _Patterns) -> re.Pattern[str] | None:
    """English entries match whole words only."""
    alternatives = [
        *patterns.zh,
        *(rf"(?<![a-z0-9])(?:{word})(?![a-z0-9])" for word in patterns.en),
    ]
    for each in alternatives:
        try:
            re.compile(each)
        except re.error as error:
            raise SetupError(
                f"{path}: {name}: {each!r} is no regular expression ({error})."
            ) from None
    return re.compile("|".join(f"(?:{each})" for each in alternatives)) if alternatives else None


def _pairs(path: Path, same: dict[str, str]) -> dict[str, str]:
    """From rows such as ``級獨: 级独`` to single characters."""
    pairs: dict[str, str] = {}
    for written, meant in same.items():
        if len(written) != len(meant):
            raise SetupError(f"{path}: same: {written} and {meant} are not equally long.")
        pairs.update(zip(written, meant, strict=True))
    return pairs
