"""The Sanic app that joins the services."""

from __future__ import annotations

from typing import Any

from sanic import Sanic
from sanic_ext import Extend
from sanic_ext.extensions.openapi.builders import SpecificationBuilder
from sanic_ext.extensions.openapi.extension import OpenAPIExtension

from backends import VERSION, errors, health, housekeeping, logs
from backends.auth import read_or_make_token
from backends.catalog import routes as catalog
from backends.customers import routes as customers
from backends.customers.profiles import routes as profiles
from backends.customers.segments import routes as segments
from backends.db import open_database
from backends.knowledge import routes as knowledge
from backends.orders import routes as orders
from backends.recommendations import routes as recommendations
from backends.review import routes as review
from backends.settings import Settings


class _Document(OpenAPIExtension):
    """The OpenAPI document without its pages, which would load scripts from elsewhere."""

    name = "document"

    def label(self) -> str:
        """What is logged of it at start; the original looks for a page."""
        return ""


MAX_BODY = 64 * 1024


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
        REQUEST_MAX_SIZE=MAX_BODY,
        REQUEST_TIMEOUT=15,
        RESPONSE_TIMEOUT=15,
        KEEP_ALIVE_TIMEOUT=75,
    )
    app.ctx.settings = settings
    app.ctx.token = read_or_make_token(settings)
    errors.install(app)
    logs.install(app)

    @app.before_server_start
    async def _open(app: Sanic, loop: Any) -> None:
        app.ctx.db = open_database(settings)

    housekeeping.install(app)

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
    ):
        app.blueprint(service.blueprint)
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
        "Catalogue, orders, recommendations, knowledge, review, customers.",
    )
    document.add_component("securitySchemes", "serviceToken", {"type": "http", "scheme": "bearer"})
