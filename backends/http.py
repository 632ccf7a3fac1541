"""One decorator that makes an endpoint: it checks a request by the models that document it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, Extra, ValidationError
from pydantic.fields import ModelField
from pydantic.schema import model_schema
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic_ext.extensions.openapi.builders import (
    OperationBuilder,
    OperationStore,
    SpecificationBuilder,
)

from backends.answers import json_answer
from backends.auth import MAX_SENDER, Caller, caller_of, require_token
from backends.db import Database
from backends.errors import invalid_request

REF = "#/components/schemas/"
# Without the percent sign, which begins an encoded byte.
SENDER_PATTERN = "^[!-$&-~]{1,255}$"
KEY_PATTERN = "^[!-~]{1,128}$"


def _allow_null(schema: dict[str, Any], model: type[BaseModel]) -> None:
    for name, model_field in model.__fields__.items():
        shown = schema.get("properties", {}).get(model_field.alias or name)
        if shown is None or not model_field.allow_none:
            continue
        if "$ref" in shown:
            shown["allOf"] = [{"$ref": shown.pop("$ref")}]
        shown["nullable"] = True
        if "enum" in shown:
            shown["enum"] = [*shown["enum"], None]


class Wire(BaseModel):
    """A part of an answer. Optional fields are always there and may be null."""

    class Config:
        """Pydantic's settings."""

        extra = Extra.forbid

        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[BaseModel]) -> None:
            """Say in OpenAPI's way which fields may be null, and that none is left out."""
            _allow_null(schema, model)
            schema["required"] = [item.alias or name for name, item in model.__fields__.items()]
            if not schema["required"]:
                del schema["required"]


class Inbound(BaseModel):
    """A request body or a query: unknown fields are refused."""

    class Config:
        """Pydantic's settings."""

        extra = Extra.forbid

        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[BaseModel]) -> None:
            """An optional field of a body may be left out or null."""
            _allow_null(schema, model)


class ErrorDetail(Wire):
    """What went wrong."""

    code: str
    message: str

    class Config:
        """Further fields depend on the code: reason, retry_after, fields."""

        extra = Extra.allow

        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[BaseModel]) -> None:
            """Only code and message are always there."""
            schema["additionalProperties"] = True


class ErrorBody(Wire):
    """Every answer that is not a success."""

    error: ErrorDetail


@dataclass
class Answer:
    """A status and a JSON body, with headers if any."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Streamed:
    """A successful answer that is sent part by part, as it comes."""

    parts: AsyncGenerator[str, None]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One checked request, as a handler sees it.

    Attributes:
        request: the raw request.
        db: the database.
        path: decoded path parameters.
        query: an instance of the endpoint's query model, or None.
        body: an instance of the endpoint's body model, or None.
        key: the Idempotency-Key of an endpoint that asks for one, else "".
    """

    request: Request
    db: Database
    path: Mapping[str, str]
    query: Any
    body: Any
    key: str
    _caller: Caller | None

    @property
    def caller(self) -> Caller:
        """The customer; only for endpoints declared with ``customer=True``."""
        assert self._caller is not None, "declare the endpoint with customer=True"
        return self._caller


Handler = Callable[[Call], Awaitable[Any]]
AnyModel = TypeVar("AnyModel", bound=BaseModel)

_ERRORS = {
    400: "The request is not what this document asks for (invalid_request).",
    401: "The service token is missing or wrong (unauthorized).",
    403: "Not allowed for this customer.",
    404: "There is no such thing (not_found).",
    409: "The present state does not allow it (not_allowed, with a reason).",
    413: "The request is too large (too_large).",
    422: "What was sent does not fit together: an Idempotency-Key that was used with another "
    "request (idempotency_mismatch), or as the code says.",
    429: "Too many wrong tries (locked, with retry_after in seconds).",
    503: "The database is not available right now (unavailable).",
}


class _Documented(OperationBuilder):
    """An operation whose OpenAPI form is given as it stands."""

    def __init__(self, form: dict[str, Any]) -> None:
        super().__init__()
        self._form = form
        self.tags = form["tags"]

    def build(self) -> dict[str, Any]:
        return self._form


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    summary: str,
    answers: Mapping[int, type[BaseModel] | None],
    errors: Sequence[int] = (),
    path_patterns: Mapping[str, str] | None = None,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    customer: bool = False,
    idempotent: bool = False,
    token: bool = True,
    produces: str = "",
) -> Callable[[Handler], Handler]:
    """Register an async handler ``(call: Call) -> model | dict | Answer | Streamed | None``.

    The service token, the customer's headers, the Idempotency-Key, the query and the body are
    checked before the handler runs, and all of it is written into the OpenAPI document.

    Args:
        blueprint: where the route belongs; its name is the tag in the document.
        method: HTTP method.
        path: Sanic path under the blueprint, such as ``/orders/<number:str>``.
        summary: one line for the document.
        answers: model of the body by success status; None for an answer without a body. A handler
            that returns no `Answer` gets the first of them.
        errors: further error statuses the handler may answer with; 400, 401, 413 and 503 are
            added by themselves.
        path_patterns: regular expression by path parameter, for the document only.
        query: model of the query; every parameter may be given once.
        body: model of the JSON body; without it a body is ignored.
        customer: whether X-Xiaoer-Channel and X-Xiaoer-Sender are needed.
        idempotent: whether Idempotency-Key is needed.
        token: whether the service token is needed.
        produces: the media type of what is streamed.
    """

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: Request, **path_values: str) -> HTTPResponse | None:
            if token:
                require_token(request, request.app.ctx.token)
            result = await handler(
                Call(
                    request=request,
                    db=request.app.ctx.db,
                    path=path_values,
                    query=_read_query(request, query),
                    body=_read_body(request, body) if body else None,
                    key=_read_key(request) if idempotent else "",
                    _caller=caller_of(request) if customer else None,
                )
            )
            if isinstance(result, Streamed):
                await _stream(request, result, produces)
                return None
            if not isinstance(result, Answer):
                result = Answer(next(iter(answers)), result)
            shown = result.body
            if isinstance(shown, BaseModel):
                shown = json.loads(shown.json(by_alias=True))
            return json_answer(shown, result.status, result.headers)

        form = _document(
            blueprint.name, method, path, summary, answers, errors, path_patterns or {},
            query, body, customer, idempotent, token, produces,
        )  # fmt: skip
        OperationStore()[checked] = _Documented(form)
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


async def _stream(request: Request, answer: Streamed, produces: str) -> None:
    """Send what comes; what fails after the first part cuts the answer off, for all to see."""
    headers = {"Cache-Control": "no-store", **answer.headers}
    async with aclosing(answer.parts) as parts:
        # The first part is waited for: until then an error still has its own answer.
        first = await parts.__anext__()
        kind = f"{produces}; charset=utf-8"
        response = await request.respond(headers=headers, content_type=kind)
        await response.send(first)
        async for part in parts:
            await response.send(part)
        await response.eof()


def _problems(error: ValidationError, where: str) -> list[dict[str, str]]:
    return [
        {
            "where": where,
            "name": ".".join(str(part) for part in item["loc"])[:80] if known else "?",
            "problem": item["msg"],
        }
        for item in error.errors()[:10]
        for known in [item["type"] != "value_error.extra"]
    ]


def _read_query(request: Request, model: type[AnyModel] | None) -> AnyModel | None:
    given = request.get_args(keep_blank_values=True)
    if any(len(values) > 1 for values in given.values()):
        raise invalid_request("A query parameter was given more than once.")
    if model is None:
        if given:
            raise invalid_request("This address takes no query parameters.")
        return None
    try:
        return model.parse_obj({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        raise invalid_request("The query is not valid.", _problems(error, "query")) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_body(request: Request, model: type[AnyModel]) -> AnyModel:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise invalid_request("Send the body as application/json.")
    try:
        data = json.loads(request.body or b"", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise invalid_request("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise invalid_request("The body must be a JSON object.")
    try:
        return model.parse_obj(data)
    except ValidationError as error:
        raise invalid_request("The body is not valid.", _problems(error, "body")) from None


def _read_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "").strip()
    if not (0 < len(key) <= 128 and all("!" <= character <= "~" for character in key)):
        raise invalid_request(
            "An Idempotency-Key header of 1 to 128 visible ASCII characters is needed."
        )
    return key


def _schema_ref(model: type[BaseModel]) -> dict[str, str]:
    """Put a model and those it uses into the document's components; return a reference."""
    schema = model_schema(model, ref_prefix=REF)
    parts = schema.pop("definitions", {})
    for name, part in {**parts, model.__name__: schema}.items():
        spec = SpecificationBuilder()
        known = spec._components["schemas"].get(name)
        if known is not None and known != part:
            raise TypeError(f"two different models are called {name}: rename one")
        spec.add_component("schemas", name, part)
    return {"$ref": REF + model.__name__}


def _query_parameter(model_field: ModelField, shown: dict[str, Any]) -> dict[str, Any]:
    # A query has no null: what is optional is left out.
    if "enum" in shown:
        shown["enum"] = [value for value in shown["enum"] if value is not None]
    return {
        "name": model_field.alias,
        "in": "query",
        "required": bool(model_field.required),
        "description": shown.pop("description", ""),
        "schema": {key: value for key, value in shown.items() if key not in {"title", "nullable"}},
    }


def _document(
    tag: str,
    method: str,
    path: str,
    summary: str,
    answers: Mapping[int, type[BaseModel] | None],
    errors: Sequence[int],
    path_patterns: Mapping[str, str],
    query: type[BaseModel] | None,
    body: type[BaseModel] | None,
    customer: bool,
    idempotent: bool,
    token: bool,
    produces: str,
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    for part in path.split("/"):
        if part.startswith("<"):
            name = part.strip("<>").partition(":")[0]
            schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_SENDER}
            schema["pattern"] = path_patterns.get(name, "^[^/\\u0000-\\u001f\\u007f-\\u009f]+$")
            parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    if customer:
        parameters += [
            {
                "name": "X-Xiaoer-Channel",
                "in": "header",
                "required": True,
                "description": "Name of the channel the customer writes on.",
                "schema": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,31}$"},
            },
            {
                "name": "X-Xiaoer-Sender",
                "in": "header",
                "required": True,
                "description": "The customer's sender id on that channel, percent-encoded UTF-8.",
                "schema": {"type": "string", "pattern": SENDER_PATTERN},
            },
        ]
    if idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "The same key gives the same answer and the work is done once.",
                "schema": {"type": "string", "pattern": KEY_PATTERN},
            }
        )
    if query is not None:
        properties = query.schema(ref_template=REF + "{model}").get("properties", {})
        for name, model_field in query.__fields__.items():
            parameters.append(_query_parameter(model_field, properties[model_field.alias or name]))
    responses: dict[str, Any] = {}
    for status, model in answers.items():
        responses[str(status)] = {"description": "Success."}
        if model is not None:
            responses[str(status)]["content"] = {"application/json": {"schema": _schema_ref(model)}}
        elif produces:
            responses[str(status)]["content"] = {produces: {"schema": {"type": "string"}}}
    failure = {"application/json": {"schema": _schema_ref(ErrorBody)}}
    implied = {400, 413, 503, *({401} if token else ())}
    for status in sorted({*errors, *implied}):
        responses[str(status)] = {"description": _ERRORS[status], "content": failure}
    form: dict[str, Any] = {
        "operationId": f"{tag}.{method.lower()}.{path.strip('/').replace('/', '.')}",
        "summary": summary,
        "tags": [tag],
        "parameters": parameters,
        "responses": responses,
        "security": [{"serviceToken": []}] if token else [],
    }
    if body is not None:
        form["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _schema_ref(body)}},
        }
    return form
