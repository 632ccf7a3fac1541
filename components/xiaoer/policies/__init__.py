"""Dialogue policies for Rasa's `config.yml`."""

from importlib import import_module
from typing import Any

_MODULES = {
    "CompactPolicy": "xiaoer.policies.compact_policy",
    "ForwardingPolicy": "xiaoer.policies.forwarding_policy",
    "HandoffPolicy": "xiaoer.policies.handoff_policy",
    "LanguagePolicy": "xiaoer.policies.language_policy",
}

__all__ = ["CompactPolicy", "ForwardingPolicy", "HandoffPolicy", "LanguagePolicy"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
