"""What Slack sends: messages in threads, and the use of buttons."""

from __future__ import annotations

import json
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from backends.errors import ApiError, invalid_request
from backends.handoff.slack.carrying_out import Refused, carry_out
from backends.handoff.slack.console import SlackConsole
from backends.handoff.slack.showing import AGREED, closing
from backends.handoff.slack.texts import texts
from backends.handoff.slack.wishes import Wish, read_event, read_interaction
from xiaoer.channels.slack.protocol.errors import MalformedRequest, RefusedRequest
from xiaoer.channels.slack.protocol.fields import word
from xiaoer.channels.slack.protocol.signature import verify

blueprint = Blueprint("handoff_slack", url_prefix="/slack/handoff")


@blueprint.post("/events")
async def events(request: Request) -> HTTPResponse:
    """Take a message in a thread."""
    console = _console(request)
    body = _object(request.body)
    if word(body, "type") == "url_verification":
        return json_response({"challenge": word(body, "challenge")})
    try:
        wish = read_event(body, console.channel)
    except MalformedRequest as error:
        raise invalid_request(str(error)) from None
    if wish is not None:
        await _answer(request, console, wish)
    return empty(200)


@blueprint.post("/interactions")
async def interactions(request: Request) -> HTTPResponse:
    """Take the use of a button, or the dialogue that was sent off."""
    console, ctx = _console(request), request.app.ctx
    payload = _object(request.form.get("payload") or "")
    try:
        wish = read_interaction(payload, console.channel)
    except MalformedRequest as error:
        raise invalid_request(str(error)) from None
    if wish is None:
        return empty(200)
    if wish.kind == "ask_agreed":
        view = closing(wish.reference, texts(console.language))
        console.call("views_open", trigger_id=wish.trigger, view=view)
        return empty(200)
    if word(payload, "type") == "view_submission":
        try:
            await carry_out(ctx.db, ctx.changes, wish, console.language)
        except Refused as refusal:
            shown = {"response_action": "errors", "errors": {AGREED: str(refusal)}}
            return json_response(shown)
        return empty(200)
    await _answer(request, console, wish)
    return empty(200)


async def _answer(request: Request, console: SlackConsole, wish: Wish) -> None:
    ctx = request.app.ctx
    try:
        await carry_out(ctx.db, ctx.changes, wish, console.language)
    except Refused as refusal:
        console.call(
            "chat_postEphemeral",
            channel=console.channel,
            user=wish.user,
            text=str(refusal),
            **({"thread_ts": wish.thread} if wish.thread else {}),
        )


def _console(request: Request) -> SlackConsole:
    console: SlackConsole = request.app.ctx.slack_console
    try:
        verify(console.verifier, request.body, request.headers)
    except RefusedRequest as error:
        raise ApiError(401, "unauthorized", str(error)) from None
    return console


def _object(text: bytes | str) -> dict[str, Any]:
    try:
        data = json.loads(text)
        # Half a surrogate pair is valid JSON, and text that nothing can store.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise invalid_request("The request holds no JSON.") from None
    if not isinstance(data, dict):
        raise invalid_request("The request holds no JSON object.")
    return data
