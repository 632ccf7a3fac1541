"""One request to a page: who asks, in which language, and how a page is given back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic_ext import openapi

from backends.console import cookies, headers
from backends.console.forms import Form, read_form
from backends.console.texts import LANGUAGES, Texts, texts
from backends.db import Database, now
from backends.errors import ApiError, refusal_of
from backends.staff.models import ROLES, SUPERVISOR, Staff
from backends.staff.sessions import Login, find_login, note_use


@dataclass
class Visit:
    """One checked request, as a page's handler sees it.

    Attributes:
        request: the raw request.
        path: decoded path parameters.
        login: whose request it is; None on pages without a login.
        form_word: the word that forms of this page carry.
        form: what was posted; empty for other methods.
    """

    request: Request
    path: Mapping[str, str]
    login: Login | None
    form_word: str
    form: Form = field(default_factory=lambda: Form({}))

    @property
    def db(self) -> Database:
        """The database."""
        return self.request.app.ctx.db

    @property
    def staff(self) -> Staff:
        """Who asks; only on pages with a login."""
        assert self.login is not None, "this page is declared with login=False"
        return self.login.staff

    @property
    def is_supervisor(self) -> bool:
        """Whether a supervisor asks."""
        return self.login is not None and self.login.staff.role == SUPERVISOR

    @property
    def texts(self) -> Texts:
        """The texts in the visitor's language."""
        return texts(_language(self.request, self.login))

    @property
    def by_script(self) -> bool:
        """Whether htmx asks, who wants a part of the page."""
        return self.request.headers.get("hx-request") == "true"

    def query(self, name: str) -> str:
        """A parameter of the address; "" when there is none."""
        return (self.request.args.get(name) or "").strip()

    def page(self, template: str, status: int = 200, **values: Any) -> HTTPResponse:
        """Render a template of `backends.console`."""
        body = self.request.app.ctx.console.render(template, visit=self, t=self.texts, **values)
        response = HTTPResponse(
            body, status=status, headers=headers.PAGE, content_type="text/html; charset=utf-8"
        )
        if self.login is None:
            cookies.put(self.request, response, cookies.FORM, self.form_word)
        return response

    def go(self, address: str) -> HTTPResponse:
        """Lead on to another page, whether htmx asks or the browser."""
        if self.by_script:
            return HTTPResponse(status=204, headers={**headers.PAGE, "HX-Redirect": address})
        return HTTPResponse(
            status=303,
            headers={**headers.PAGE, "Location": address},
            content_type="text/html; charset=utf-8",
        )


#: One that answers bit by bit has nothing left to give back.
Handler = Callable[[Visit], Awaitable["HTTPResponse | None"]]


def page(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    roles: Sequence[str] = ROLES,
    login: bool = True,
) -> Callable[[Handler], Handler]:
    """Register an async handler ``(visit: Visit) -> HTTPResponse`` of a page.

    Who asks, the role, and the word of a posted form are checked before it runs. Whoever is not
    logged in is led to the login page and from there back. Refusals become pages, too.

    Args:
        blueprint: where the route belongs.
        method: ``GET`` or ``POST``.
        path: Sanic path under the blueprint.
        roles: who may.
        login: whether a login is needed; without it ``visit.login`` may still be there.
    """

    def register(handler: Handler) -> Handler:
        @openapi.exclude()
        @wraps(handler)
        async def checked(request: Request, **path_values: str) -> HTTPResponse | None:
            visit = Visit(request, path_values, None, _form_word(request))
            try:
                await _recognise(visit)
                if login and visit.login is None:
                    return _to_login(visit)
                if method == "POST":
                    visit.form = read_form(request)
                    _check_word(visit)
                if login and visit.staff.role not in roles:
                    raise ApiError(403, "role", "This is for supervisors.")
                return await handler(visit)
            except Exception as error:
                return refuse(visit, refusal_of(request, error))

        blueprint.add_route(
            checked,
            path,
            methods=[method],
            name=handler.__name__,
            unquote=True,
            strict_slashes=True,
        )
        return handler

    return register


def refuse(visit: Visit, refusal: ApiError) -> HTTPResponse:
    """A page that says what went wrong; for htmx a notice that it puts on the page that is open."""
    flat = visit.texts.flat
    names = (refusal.extra.get("reason"), refusal.code, refusal.status, "other")
    sentence = next(flat[f"errors.{name}"] for name in names if f"errors.{name}" in flat)
    template = "layout/notice.html" if visit.by_script else "layout/error.html"
    response = visit.page(template, refusal.status, sentence=sentence, number=refusal.status)
    if visit.by_script:
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


async def _recognise(visit: Visit) -> None:
    token = visit.request.cookies.get(cookies.LOGIN)
    if not token:
        return
    moment = now()
    visit.login = await find_login(visit.db, token, moment)
    if visit.login is not None:
        visit.form_word = visit.login.csrf
        await note_use(visit.db, token, visit.login, moment)


def _to_login(visit: Visit) -> HTTPResponse:
    request = visit.request
    if visit.by_script:
        # What is asked for is a part: come back to the page that it is of.
        open_page = urlsplit(request.headers.get("hx-current-url", ""))
        back = f"{open_page.path}?{open_page.query}"
    else:
        back = f"{request.path}?{request.query_string}" if request.method == "GET" else ""
    back = back.removesuffix("?")
    return visit.go("/staff/login" + (f"?next={quote(back, safe='')}" if back else ""))


def _check_word(visit: Visit) -> None:
    given = visit.form.one("form_word")
    alien = visit.request.headers.get("sec-fetch-site") == "cross-site"
    if alien or not hmac.compare_digest(given.encode(), visit.form_word.encode()):
        raise ApiError(403, "form_word", "The form is not of this login.")


def _form_word(request: Request) -> str:
    given = request.cookies.get(cookies.FORM, "")
    return given if len(given) == 43 else secrets.token_urlsafe(32)


def _language(request: Request, login: Login | None) -> str:
    if login is not None:
        return login.staff.console_language
    chosen = request.cookies.get(cookies.LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    return "zh" if request.headers.get("accept-language", "zh").lower().startswith("zh") else "en"
