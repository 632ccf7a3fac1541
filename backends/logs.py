"""Logging by structlog: lines for people on a terminal, JSON elsewhere; no personal data."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog
from sanic import Request, Sanic
from sanic.response import HTTPResponse

from backends.settings import Settings

log = structlog.get_logger("backends.access")


def configure(settings: Settings) -> None:
    """Send structlog's and the standard library's records to stderr in one form."""
    as_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Of others only warnings: their records quote statements, paths with sender ids, and trivia.
    root.setLevel("WARNING")
    handler.addFilter(lambda one: one.levelno >= logging.WARNING or one.name.startswith("backends"))
    logging.getLogger("backends").setLevel(settings.log_level.upper())
    # Its records quote what was sent; `backends.errors` logs what is needed.
    logging.getLogger("sanic.error").setLevel("CRITICAL")


def install(app: Sanic) -> None:
    """Log each request by its route, never by its path: paths name orders and senders."""

    @app.on_request
    async def _start(request: Request) -> None:
        request.ctx.started = time.perf_counter()

    @app.on_response
    async def _end(request: Request, response: HTTPResponse) -> None:
        started = getattr(request.ctx, "started", None)
        route = getattr(request, "route", None)
        log.info(
            "request",
            request_id=str(request.id),
            method=request.method if route else "?",
            route=f"/{route.path}" if route else "?",
            status=response.status,
            ms=None if started is None else round((time.perf_counter() - started) * 1000, 1),
        )
