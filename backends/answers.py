"""JSON answers, written one way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sanic.response import HTTPResponse


def json_answer(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTTPResponse:
    """An HTTP answer with a JSON body; `None` gives an answer without a body.

    Customers' data must not stay in caches on the way, hence ``no-store``.
    """
    all_headers = {"Cache-Control": "no-store", **(headers or {})}
    if body is None:
        return HTTPResponse(status=status, headers=all_headers)
    return HTTPResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False),
        status=status,
        headers=all_headers,
        content_type="application/json",
    )
