"""One request from Slack: checked, read, taken in, answered."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from sanic import Request, response
from sanic.response import HTTPResponse
from slack_sdk.signature import SignatureVerifier

from xiaoer.channels.slack.events import Reading, read_message
from xiaoer.channels.slack.incoming import Incoming
from xiaoer.channels.slack.interactions import read_command, read_interaction
from xiaoer.channels.slack.protocol.errors import MalformedRequest, RefusedRequest
from xiaoer.channels.slack.protocol.fields import word
from xiaoer.channels.slack.protocol.signature import verify
from xiaoer.channels.slack.turns import Turns
from xiaoer.channels.storage import StoreError

logger = logging.getLogger(__name__)

MAX_BODY = 1_000_000
REASON_HEADER = "x-slack-retry-reason"
NUMBER_HEADER = "x-slack-retry-num"
_NO_RETRY = {"X-Slack-No-Retry": "1"}


@dataclass(frozen=True)
class Retries:
    """What is done when Slack sends something again.

    Attributes:
        reason_header: The header in which it says why.
        number_header: The header with the number of the attempt.
        dropped: Reasons for which it is not even looked at.
    """

    reason_header: str
    number_header: str
    dropped: frozenset[str]

    def drop(self, request: Request) -> bool:
        """Whether this is an attempt to be dropped."""
        number = request.headers.get(self.number_header)
        return bool(number) and request.headers.get(self.reason_header) in self.dropped


class Webhook:
    """Answers Slack's requests."""

    def __init__(
        self, verifier: SignatureVerifier, reading: Reading, retries: Retries, turns: Turns
    ) -> None:
        self._verifier = verifier
        self._reading = reading
        self._retries = retries
        self._turns = turns

    async def answer(self, request: Request) -> HTTPResponse:
        """Return 200 for what was taken in, was before, or means nothing to the assistant.

        Otherwise 401 (signature), 400 or 415 (not what Slack sends), 413 (above 1 MB), or 503,
        upon which Slack tries again.
        """
        if len(request.body) > MAX_BODY:
            return response.text("The request is above 1 MB.", status=413)
        try:
            verify(self._verifier, request.body, request.headers)
        except RefusedRequest as error:
            return response.text(str(error), status=401)
        if self._retries.drop(request):
            return response.text("", headers=_NO_RETRY)
        agent = getattr(request.app.ctx, "agent", None)
        if agent is not None and not agent.is_ready():
            return response.text("No model is loaded yet.", status=503)
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            if kind == "application/json":
                return await self._event(_json(request.body))
            if kind == "application/x-www-form-urlencoded":
                return await self._form(request)
        except MalformedRequest as error:
            return response.text(str(error), status=400)
        except StoreError as error:
            logger.error("Slack: the store does not answer: %s", error)
            return response.text("Try again shortly.", status=503)
        return response.text("Send JSON or a form.", status=415)

    async def _event(self, body: dict[str, Any]) -> HTTPResponse:
        kind = word(body, "type")
        if kind == "url_verification":
            return response.json({"challenge": word(body, "challenge")})
        if kind == "app_rate_limited":
            logger.warning("Slack holds back events: there are more than 30,000 an hour.")
            return response.text("")
        if word(body, "event", "type") == "app_home_opened":
            if word(body, "event", "tab") == "home" and word(body, "event", "user"):
                self._turns.greet(word(body, "event", "user"))
            return response.text("")
        return await self._take_in(read_message(body, self._reading))

    async def _form(self, request: Request) -> HTTPResponse:
        form = {key: values[0] for key, values in request.form.items() if values}
        if "payload" in form:
            payload = _json(form["payload"])
            if word(payload, "type") == "block_suggestion":
                return response.json({"options": []})
            return await self._take_in(read_interaction(payload, self._reading))
        if "ssl_check" in form:
            return response.text("")
        return await self._take_in(read_command(form, self._reading))

    async def _take_in(self, incoming: Incoming | None) -> HTTPResponse:
        if incoming is None or await self._turns.accept(incoming):
            return response.text("")
        return response.text("", headers=_NO_RETRY)


def _json(text: bytes | str) -> dict[str, Any]:
    try:
        data = json.loads(text)
        # Half a surrogate pair is valid JSON, and text that nothing can store.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise MalformedRequest("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise MalformedRequest("The body is not a JSON object.")
    return data
