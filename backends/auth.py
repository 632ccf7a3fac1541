"""The service token that programs show, and the customer they speak for."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sanic import Request

from backends.errors import ApiError, SetupError, invalid_request
from backends.fields import has_control
from backends.settings import Settings

MAX_SENDER = 255


@dataclass(frozen=True)
class Caller:
    """The customer on whose behalf a program calls: a channel name and the sender id there."""

    channel: str
    sender: str


def read_or_make_token(settings: Settings) -> str:
    """The token from the environment, else from the token file, else a new one written there.

    The file appears under its name only when it is complete, so of several processes that start
    together one writes it and all read the same.

    Raises:
        SetupError: the file cannot be read or written, or holds no token.
    """
    if settings.service_token:
        return settings.service_token
    path = settings.token_file
    try:
        if not path.exists():
            _write_new(path)
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SetupError(
            f"The service token file {path} cannot be used ({reason}): "
            "fix it or set XIAOER_SERVICE_TOKEN."
        ) from None
    if len(token) < 16:
        raise SetupError(
            f"The service token file {path} holds no token: delete it and start again."
        )
    return token


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first; its token counts
    finally:
        draft.unlink()


def require_token(request: Request, token: str) -> None:
    """Refuse a request that does not carry the service token.

    Raises:
        ApiError: 401 ``unauthorized``.
    """
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    matches = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
    if kind.lower() != "bearer" or not matches:
        raise ApiError(401, "unauthorized", "Send the service token as a bearer token.")


def caller_of(request: Request) -> Caller:
    """The customer named by the headers X-Xiaoer-Channel and X-Xiaoer-Sender.

    The sender is percent-encoded UTF-8, since headers carry only ASCII safely.

    Raises:
        ApiError: 400 when either is missing or malformed.
    """
    raw = request.headers.get("x-xiaoer-sender", "").strip()
    try:
        sender = unquote(raw, errors="strict") if raw.isascii() else ""
    except UnicodeDecodeError:
        sender = ""
    return check_caller(request.headers.get("x-xiaoer-channel", "").strip(), sender, "header")


def check_caller(channel: str, sender: str, where: str) -> Caller:
    """A channel name and a sender id, checked; channel names know no case.

    Args:
        channel: an ASCII word of at most 32 characters.
        sender: at most 255 characters, none of them a control.
        where: where they stood, for the error: ``header`` or ``path``.

    Raises:
        ApiError: 400 when either is missing or malformed.
    """
    problems = []
    if not (len(channel) <= 32 and channel.isascii() and channel.replace("-", "_").isidentifier()):
        problems.append({"where": where, "name": "channel", "problem": "is missing or malformed"})
    if not 0 < len(sender) <= MAX_SENDER or has_control(sender):
        problems.append({"where": where, "name": "sender", "problem": "is missing or malformed"})
    if problems:
        raise invalid_request("The customer's channel and sender are needed.", problems)
    return Caller(channel.lower(), sender)
