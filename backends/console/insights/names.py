"""What channels, languages, segments and models are called by people."""

from __future__ import annotations

import asyncio

from backends.console.texts import Texts
from backends.console.visit import Visit
from backends.insights.measures.models import NO_SEGMENT
from backends.setup_error import SetupError


class Names:
    """Names in the reader's language; what has none is called by its code.

    Args:
        segments: the labels of the segments.
        t: the texts of the reader's language.
    """

    def __init__(self, segments: dict[str, str], t: Texts) -> None:
        self._segments = segments
        self._t = t

    def of(self, dimension: str, code: str) -> str:
        """The name of a code of a dimension; "" is what has none."""
        t = self._t
        if not code or (dimension == "segment" and code == NO_SEGMENT):
            return t(f"insights.without.{dimension}")
        if dimension == "channel":
            return t.of("channels", code)
        if dimension == "language":
            return t.flat.get(f"languages.{code}.name", code)
        return self._segments.get(code, code) if dimension == "segment" else code


async def names_for(visit: Visit) -> Names:
    """Names for a visitor. A mistake in the file of the segments costs their labels, no page."""
    t = visit.texts
    try:
        segments = await asyncio.to_thread(visit.request.app.ctx.segments.segments)
    except SetupError:
        segments = {}
    return Names({name: getattr(each, t.language) for name, each in segments.items()}, t)
