"""The chat widget for web pages, and the connector that serves it."""

from xiaoer.channels.web.errors import NotDelivered
from xiaoer.channels.web.output import WebOutput
from xiaoer.channels.web.web_input import WebInput

__all__ = ["NotDelivered", "WebInput", "WebOutput"]
