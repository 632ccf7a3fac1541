"""The console as a part of the backends' app."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Request, Sanic
from sanic.response import HTTPResponse, redirect
from sanic_ext import openapi

from backends.console import (
    assets,
    campaigns,
    events,
    experiments,
    insights,
    login,
    outreach,
    profile,
    queue,
    review,
    team,
    ticket,
)
from backends.console.addresses import HOME
from backends.console.templates import Console
from backends.console.visit import Visit, page
from backends.errors import not_found
from backends.settings import Settings

#: All pages, in the order of the menu. A new one is a folder and a name here.
PAGES = (
    queue.PAGE,
    ticket.PAGE,
    insights.PAGE,
    review.PAGE,
    campaigns.PAGE,
    outreach.PAGE,
    experiments.PAGE,
    team.PAGE,
    profile.PAGE,
    login.PAGE,
    events.PAGE,
)

_rest = Blueprint("staff_rest", url_prefix="/staff")


@page(_rest, "GET", "/<rest:path>")
async def nothing(visit: Visit) -> HTTPResponse:
    """Any other address under /staff."""
    raise not_found()


@openapi.exclude()
async def _home(_: Request) -> HTTPResponse:
    return redirect(HOME)


def install(app: Sanic, settings: Settings) -> None:
    """Serve the console under /staff.

    Needs ``app.ctx.db`` and ``app.ctx.changes`` while it serves.

    Raises:
        SetupError: a file of the staff's data cannot be read.
    """
    app.config.PROXIES_COUNT = settings.proxies or None
    app.ctx.console = Console(PAGES, settings.staff_data)
    app.blueprint(assets.blueprint)
    for each in PAGES:
        app.blueprint(each.blueprint)
    app.blueprint(_rest)
    # What people type; the router takes it for another address than the first page's.
    app.add_route(_home, HOME.rstrip("/"), strict_slashes=True)

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        app.ctx.console.streams.stop()
