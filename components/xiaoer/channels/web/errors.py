"""What can go wrong between a page and the connector."""

from xiaoer.channels.errors import ChannelError


class NotDelivered(ChannelError):
    """A message reached no page and could not be kept for one; the text says why."""


class Refused(Exception):
    """A message of a page that is not taken.

    Attributes:
        reason: For the page: `malformed`, `empty`, `too_long`, `session`, `rate` or `unavailable`.
        wait: Seconds after which the page may try again, or None when it need not.
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
