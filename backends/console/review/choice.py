"""What of the queue somebody wants to see, as it stands in the address of a page."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from urllib.parse import urlencode

from backends.console.visit import Visit
from backends.review.queue.models import SOURCES
from backends.review.queue.orders import INTENT_PATTERN
from backends.review.queue.reading import Which
from backends.staff.models import LANGUAGES


def choice_of(visit: Visit) -> Which:
    """Read the address; what is none of the choices is no filter."""
    source, language, intent = visit.query("source"), visit.query("language"), visit.query("intent")
    return Which(
        state="decided" if visit.query("state") == "decided" else "open",
        source=source if source in SOURCES else "",
        language=language if language in LANGUAGES else "",
        intent=intent if re.fullmatch(INTENT_PATTERN, intent) else "",
        page=page_of(visit),
    )


def page_of(visit: Visit) -> int:
    """The page that is asked for, from 1."""
    page = visit.query("page")
    return int(page) if re.fullmatch(r"[1-9][0-9]{0,3}", page) else 1


def address(which: Which, **other: object) -> str:
    """The list with a choice, or with one that differs in something."""
    chosen = asdict(replace(which, **{"page": 1, **other}))  # type: ignore[arg-type]
    chosen["state"] = "decided" if chosen["state"] == "decided" else ""
    query = urlencode({name: each for name, each in chosen.items() if each and each != 1})
    return f"/staff/review?{query}" if query else "/staff/review"
