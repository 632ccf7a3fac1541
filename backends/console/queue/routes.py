"""The first page, and its list by itself for htmx."""

from __future__ import annotations

from sanic import Blueprint
from sanic.response import HTTPResponse

from backends.console.queue.choice import choice_of
from backends.console.queue.content import contents
from backends.console.visit import Visit, page

blueprint = Blueprint("staff_queue", url_prefix="/staff")


@page(blueprint, "GET", "/")
async def queue(visit: Visit) -> HTTPResponse:
    """The queue, and no ticket beside it."""
    return visit.page("queue/queue.html", **await contents(visit, choice_of(visit), None))


@page(blueprint, "GET", "/queue")
async def queue_list(visit: Visit) -> HTTPResponse:
    """The list alone."""
    opened = visit.query("open") or None
    return visit.page("queue/list.html", **await contents(visit, choice_of(visit), opened))
