"""The three cookies of the console; none can be read by scripts or goes to other sites."""

from __future__ import annotations

from sanic import Request
from sanic.response import HTTPResponse

from backends.staff.sessions import LIFE

LOGIN = "xiaoer_staff"
#: Ties the forms of a page that needs no login to the browser that got it.
FORM = "xiaoer_staff_form"
LANGUAGE = "xiaoer_staff_language"
YEAR = 365 * 86400


def put(request: Request, response: HTTPResponse, name: str, value: str) -> None:
    """Set a cookie."""
    response.cookies[name] = value
    cookie = response.cookies[name]
    cookie["path"] = "/staff"
    cookie["httponly"] = True
    # Lax and not Strict: a link to a ticket, from Slack say, must find its reader logged in.
    cookie["samesite"] = "Lax"
    cookie["max-age"] = YEAR if name == LANGUAGE else int(LIFE.total_seconds())
    if request.scheme == "https":
        cookie["secure"] = True


def drop(response: HTTPResponse, name: str) -> None:
    """Take a cookie back."""
    response.cookies[name] = ""
    response.cookies[name]["path"] = "/staff"
    response.cookies[name]["max-age"] = 0
