"""The one form of every error: JSON, with a code that programs read and a sentence for people."""

from __future__ import annotations

import re
import sqlite3
import traceback
from typing import Any

import structlog
from sanic import Request, Sanic
from sanic.exceptions import (
    HeaderExpectationFailed,
    InvalidUsage,
    MethodNotSupported,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    SanicException,
    ServiceUnavailable,
)
from sanic.response import HTTPResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backends.answers import json_answer
from backends.setup_error import SetupError

__all__ = [
    "ApiError",
    "SetupError",
    "install",
    "invalid_request",
    "is_unavailable",
    "log_unexpected",
    "not_found",
    "refusal_of",
    "unavailable",
]

log = structlog.get_logger("backends")


class ApiError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status.
        code: stable word for programs, such as ``not_verified``.
        message: one sentence for developers; never quotes what was sent.
        extra: further fields of the ``error`` object, such as ``reason``.
    """

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        return {"error": {"code": self.code, "message": self.message, **self.extra}}


def invalid_request(message: str, fields: list[dict[str, str]] | None = None) -> ApiError:
    """400: what was sent is not what the OpenAPI document asks for."""
    return ApiError(400, "invalid_request", message, **({"fields": fields} if fields else {}))


def not_found(message: str = "There is nothing here.") -> ApiError:
    """404."""
    return ApiError(404, "not_found", message)


def unavailable() -> ApiError:
    """503: the database does not answer; nothing was changed."""
    return ApiError(
        503, "unavailable", "The database is not available right now; try again shortly."
    )


_SANIC = (
    (NotFound, 404, "not_found", "There is nothing here."),
    (MethodNotSupported, 405, "method_not_allowed", "This address does not take that method."),
    (PayloadTooLarge, 413, "too_large", "The request is larger than is accepted."),
    (RequestTimeout, 408, "timeout", "The request did not arrive in time."),
    (ServiceUnavailable, 503, "unavailable", "The answer took too long; try again shortly."),
    (HeaderExpectationFailed, 417, "invalid_request", "That Expect header is not supported."),
    (InvalidUsage, 400, "invalid_request", "The request could not be read."),
)


def is_unavailable(error: BaseException) -> bool:
    """Whether an exception means that the database is locked, unreachable or gave way.

    SQLite reports mistakes in a statement by the same class as a lock; those are none.
    """
    if isinstance(error, OperationalError) and isinstance(error.orig, sqlite3.Error):
        return not re.match(r"no such|near |.*has no column|ambiguous", str(error.orig))
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout, OSError)):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or ""
        # serialisation failures, lock time-outs and lost or refused connections of PostgreSQL
        return error.connection_invalidated or state[:2] in {"08", "40", "53", "55", "57"}
    return False


def log_unexpected(error: Exception, **about: Any) -> None:
    """Log the kind and place of an error, not its message, which may quote personal data."""
    log.error(
        "unexpected error",
        **about,
        error=type(error).__name__,
        trace="".join(traceback.format_tb(error.__traceback__)[-6:]),
    )


def refusal_of(request: Request, error: Exception) -> ApiError:
    """The answer to any exception; what nobody expected is logged."""
    if isinstance(error, ApiError):
        return error
    if is_unavailable(error):
        log.warning("database unavailable", error=type(error).__name__)
        return unavailable()
    for kind, status, code, message in _SANIC:
        if isinstance(error, kind):
            return ApiError(status, code, message)
    if isinstance(error, SanicException) and error.status_code < 500:
        return ApiError(error.status_code, "invalid_request", "The request was refused.")
    if getattr(request, "route", None) is None:
        # It failed before it came to anybody: Sanic could make nothing of it.
        return invalid_request("The request could not be read.")
    log_unexpected(error)
    return ApiError(500, "internal", "Something went wrong on our side; it was logged.")


def install(app: Sanic) -> None:
    """Answer every exception of `app` with the JSON form; never a page or a traceback."""

    @app.exception(Exception)
    async def _any(request: Request, error: Exception) -> HTTPResponse:
        refusal = refusal_of(request, error)
        headers: dict[str, str] = {}
        if isinstance(error, SanicException):
            headers.update(getattr(error, "headers", None) or {})
        if "retry_after" in refusal.extra:
            headers["Retry-After"] = str(refusal.extra["retry_after"])
        if refusal.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return json_answer(refusal.body(), refusal.status, headers)
