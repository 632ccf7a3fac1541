"""What can go wrong between Slack and the assistant."""

from xiaoer.channels.errors import ChannelError


class RefusedRequest(Exception):
    """A request that is not signed by Slack, or not now."""


class MalformedRequest(Exception):
    """A signed request that is not what Slack sends."""


class NotDelivered(ChannelError):
    """Slack did not take a message; the text says why and what to do, without any secret.

    Attributes:
        code: Slack's own word for it, such as `channel_not_found`, or the kind of failure.
    """

    def __init__(self, code: str, advice: str = "") -> None:
        super().__init__(f"Slack did not take the message ({code}).{advice and ' ' + advice}")
        self.code = code
