"""Slack, by the Events API, interactivity and slash commands."""

from importlib import import_module
from typing import Any

# Loaded when asked for: who needs the protocol alone does not load Rasa.
_MODULES = {
    "SlackInput": "xiaoer.channels.slack.slack_input",
    "SlackOutput": "xiaoer.channels.slack.slack_output",
}

__all__ = ["SlackInput", "SlackOutput"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
