"""GET /staff/events: server-sent events that name what has changed; pages then fetch it.

``hello`` comes first, after each connection made anew too, so that nothing is missed between.
``queue`` says that the list has changed, ``ticket-<reference>`` that this ticket has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic_ext import openapi

from backends.console import cookies
from backends.console.events.streams import Streams
from backends.console.headers import SECURITY
from backends.db import now
from backends.errors import is_unavailable
from backends.staff.presence import note_presence
from backends.staff.sessions import find_login

blueprint = Blueprint("staff_events", url_prefix="/staff")

#: Below RESPONSE_TIMEOUT, which each piece that is sent sets back.
HEARTBEAT = 10.0
#: What changes within this time goes out together.
GATHER = 0.2
NOTE_PRESENCE_EVERY = 60.0
HEADERS = {
    **SECURITY,
    "Cache-Control": "no-store",
    # Proxies of the nginx kind would keep pieces back.
    "X-Accel-Buffering": "no",
}


@blueprint.get("/events", strict_slashes=True)
@openapi.exclude()
async def events(request: Request) -> HTTPResponse | None:
    """Send until the browser leaves, the login ends or the server stops."""
    token = request.cookies.get(cookies.LOGIN, "")
    login = await find_login(request.app.ctx.db, token, now()) if token else None
    if login is None:
        return HTTPResponse(status=401, headers=HEADERS)
    streams: Streams = request.app.ctx.console.streams
    if streams.is_full_for(login.staff.id):
        return HTTPResponse(status=503, headers={**HEADERS, "Retry-After": "30"})
    with streams.opened(login.staff.id):
        await _send_changes(request, token, login.staff.id)
    return None


async def _send_changes(request: Request, token: str, staff_id: int) -> None:
    db, changes = request.app.ctx.db, request.app.ctx.changes
    streams: Streams = request.app.ctx.console.streams
    seen = await changes.current()
    # Kept alive after its end, the connection would hold up the server's.
    request.stream.keep_alive = False
    response = await request.respond(
        content_type="text/event-stream; charset=utf-8", headers=HEADERS
    )
    await response.send(f"retry: 2000\n{_written(['hello'])}")
    clock = asyncio.get_running_loop().time
    looked, noted = clock(), 0.0
    try:
        while True:
            found = await streams.unless_stopped(changes.wait(seen, HEARTBEAT))
            if found is None:
                break
            seen, references = found
            if clock() - looked >= HEARTBEAT:
                looked = clock()
                if await find_login(db, token, now()) is None:
                    break
                if clock() - noted >= NOTE_PRESENCE_EVERY:
                    noted = clock()
                    async with db.write() as session:
                        await note_presence(session, staff_id, now())
            if references:
                await response.send(
                    _written(["queue", *(f"ticket-{each}" for each in sorted(references))])
                )
                await asyncio.sleep(GATHER)
            else:
                await response.send(": still here\n\n")
    except Exception as error:
        # The browser comes again by itself.
        if not is_unavailable(error):
            raise
    await response.eof()


def _written(names: Iterable[str]) -> str:
    return "".join(f"event: {name}\ndata: changed\n\n" for name in names)
