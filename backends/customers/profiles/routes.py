"""The endpoint of the profiles."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic

from backends.catalog.routes import catalog_of
from backends.customers.finding import existing
from backends.customers.profiles.schemas import ProfileView
from backends.customers.profiles.service import Profiles
from backends.customers.profiles.tags import TAGS
from backends.customers.profiles.views import profile_view
from backends.customers.schemas import CUSTOMER_PATTERN
from backends.http import Call, endpoint
from backends.search.settings import SearchSettings

blueprint = Blueprint("profiles", url_prefix="/v1")


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    settings = SearchSettings()  # type: ignore[call-arg]
    app.ctx.profiles = Profiles(settings, app.ctx.settings.customers_data / TAGS)


@blueprint.listener("after_server_stop")
async def _stop(app: Sanic, loop: Any) -> None:
    app.ctx.profiles.stop()


@endpoint(
    blueprint,
    "GET",
    "/customers/<id:str>/profile",
    summary="A customer's tags, each with its probability and the evidence for it",
    answers={200: ProfileView},
    errors=(404,),
    path_patterns={"id": CUSTOMER_PATTERN},
)
async def show_profile(call: Call) -> ProfileView:
    """Reckon it from what is known by now."""
    profiles: Profiles = call.request.app.ctx.profiles
    async with call.db.read() as session:
        customer = await existing(session, call.path["id"])
        snapshot = await catalog_of(call).snapshot(session)
        profile = await profiles.profile(session, snapshot, customer.id)
    return profile_view(customer.id, profile)
