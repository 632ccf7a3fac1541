"""The figures as a file, sent while they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator

from backends.console import headers
from backends.console.insights.choice import Choice
from backends.console.visit import Visit
from backends.errors import log_unexpected
from backends.insights.measures.export import csv_lines

#: By this Excel knows that the text is UTF-8.
BOM = "\ufeff"
#: Lines are sent together up to about this many characters.
_PIECE = 16_384


async def send_csv(visit: Visit, choice: Choice) -> None:
    """Answer with the lines of the days and filters; what fails before the first is a refusal.

    Once sending has begun a failure cuts the connection, so that no browser takes half a file for
    a whole one.
    """
    request = visit.request
    async with visit.db.read() as session:
        pieces = _pieces(csv_lines(session, choice.filters))
        first = await pieces.__anext__()
        name = f"xiaoer-insights-{choice.dates.first}-{choice.dates.last}.csv"
        response = await request.respond(
            content_type="text/csv; charset=utf-8",
            headers={**headers.PAGE, "Content-Disposition": f'attachment; filename="{name}"'},
        )
        try:
            await response.send(BOM + first)
            async for piece in pieces:
                await response.send(piece)
            await response.eof()
        except Exception as error:
            log_unexpected(error, what="csv export")
            request.transport.abort()


async def _pieces(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    """Lines put together; at least one piece, which may be empty."""
    waiting, size = [], 0
    async for line in lines:
        ended = line if line.endswith("\n") else f"{line}\r\n"
        waiting.append(ended)
        size += len(ended)
        if size >= _PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)
