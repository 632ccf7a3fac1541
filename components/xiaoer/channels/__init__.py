"""Connectors for Rasa's `credentials.yml`, each named there by its class path."""

from importlib import import_module
from typing import Any

_MODULES = {
    "OutboundInput": "xiaoer.channels.outbound",
    "SlackInput": "xiaoer.channels.slack",
    "WeChatInput": "xiaoer.channels.wechat",
    "WeComCustomerServiceInput": "xiaoer.channels.wecom",
    "WeComInput": "xiaoer.channels.wecom",
    "WebInput": "xiaoer.channels.web",
}

__all__ = [
    "OutboundInput",
    "SlackInput",
    "WeChatInput",
    "WeComCustomerServiceInput",
    "WeComInput",
    "WebInput",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
