"""The Sanic app that joins the services."""

from __future__ import annotations

from typing import Any

from sanic import Request, Sanic
from sanic.exceptions import PayloadTooLarge
from sanic_ext import Extend
from sanic_ext.extensions.openapi.builders import SpecificationBuilder
from sanic_ext.extensions.openapi.extension import OpenAPIExtension

from backends import VERSION, errors, health, housekeeping, logs
from backends.auth import read_or_make_token
from backends.campaigns.copy import routes as campaign_copy
from backends.campaigns.experiments import routes as experiments
from backends.campaigns.outreach import background as outreach_background
from backends.campaigns.outreach import routes as outreach
from backends.catalog import routes as catalog
from backends.console import app as console
from backends.customers import routes as customers
from backends.customers.profiles import routes as profiles
from backends.customers.segments import routes as segments
from backends.db import open_database
from backends.feedback import routes as feedback
from backends.handoff import background as handoff_background
from backends.handoff import routes as handoff
from backends.handoff.slack import app as handoff_slack
from backends.insights.events import background as events_background
from backends.insights.measures import background as measures_background
from backends.insights.measures import routes as insights
from backends.knowledge import routes as knowledge
from backends.orders import routes as orders
from backends.recommendations import routes as recommendations
from backends.review import routes as review
from backends.review.queue import routes as review_queue
from backends.settings import Settings


class _Document(OpenAPIExtension):
    """The OpenAPI document without its pages, which would load scripts from elsewhere."""

    name = "document"

    def label(self) -> str:
        """What is logged of it at start; the original looks for a page."""
        return ""


MAX_BODY = 64 * 1024
#: A ticket brings the conversation so far along: 100 entries of 4000 characters.
MAX_TICKET = 1536 * 1024
_TICKETS = "/v1/handoff/tickets"


def create_app(settings: Settings) -> Sanic:
    """Build the app.

    Handlers find the settings, the token and the database on ``app.ctx``; the database is opened
    in the process that serves, after any fork.

    Args:
        settings: see `backends.settings.Settings`.

    Raises:
        SetupError: the service token cannot be read or made.
    """
    app = Sanic("xiaoer_backends", configure_logging=False)
    app.config.update(
        AUTO_EXTEND=False,
        FALLBACK_ERROR_FORMAT="json",
        REQUEST_MAX_SIZE=MAX_TICKET,
        REQUEST_TIMEOUT=15,
        RESPONSE_TIMEOUT=15,
        KEEP_ALIVE_TIMEOUT=75,
    )
    app.ctx.settings = settings
    app.ctx.token = read_or_make_token(settings)
    errors.install(app)
    logs.install(app)

    @app.on_request
    async def _bound(request: Request) -> None:
        if len(request.body) > MAX_BODY and request.path != _TICKETS:
            raise PayloadTooLarge("")

    @app.before_server_start
    async def _open(app: Sanic, loop: Any) -> None:
        app.ctx.db = open_database(settings)

    housekeeping.install(app)
    handoff_background.install(app, settings)
    handoff_slack.install(app)
    outreach_background.install(app, settings)
    events_background.install(app, settings)
    measures_background.install(app, settings)

    @app.after_server_stop
    async def _close(app: Sanic, loop: Any) -> None:
        await app.ctx.db.close()

    app.blueprint(health.blueprint)
    for service in (
        catalog,
        orders,
        recommendations,
        knowledge,
        review,
        customers,
        profiles,
        segments,
        handoff,
        feedback,
        campaign_copy,
        experiments,
        outreach,
        insights,
        review_queue,
    ):
        app.blueprint(service.blueprint)
    console.install(app, settings)
    _document(app)
    return app


def _document(app: Sanic) -> None:
    """Serve the OpenAPI document at /docs/openapi.json."""
    Extend(
        app,
        extensions=[_Document],
        built_in_extensions=False,
        config={"oas_ui_redoc": False, "oas_ui_swagger": False},
    )
    document = SpecificationBuilder()
    document.describe(
        "Xiaoer reference shop",
        VERSION,
        "Catalogue, orders, recommendations, knowledge, review, customers, hand-over, feedback, "
        "campaigns, experiments, outreach, insights, review queue.",
    )
    document.add_component("securitySchemes", "serviceToken", {"type": "http", "scheme": "bearer"})
