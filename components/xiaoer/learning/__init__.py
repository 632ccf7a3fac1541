"""Learning from conversations: logs to training data, comparing models, changing the one that serves."""

from importlib import import_module
from typing import Any

_MODULES = {"ModelSwitch": "xiaoer.learning.switching"}

__all__ = ["ModelSwitch"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
