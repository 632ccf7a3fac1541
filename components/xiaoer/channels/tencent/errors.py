"""What can be wrong with a callback, and with a call of the API."""

from __future__ import annotations

from xiaoer.channels.errors import ChannelError


class RefusedRequest(Exception):
    """The request does not come from the platform, or comes too late, or for a second time."""


class MalformedMessage(Exception):
    """The request comes from the platform, but its body cannot be read."""


class ApiError(ChannelError):
    """The platform refused a call.

    Args:
        code: The platform's `errcode`; None when there was no usable answer.
        message: The platform's `errmsg`, or what happened.
    """

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(f"{message} (errcode {code})" if code is not None else message)
        self.code = code
        self.message = message


class ApiUnavailable(ApiError):
    """The platform cannot be reached or gives no usable answer.

    Args:
        message: What happened.
        sent: Whether the call may have been carried out nevertheless.
    """

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(None, message)
        self.sent = sent
