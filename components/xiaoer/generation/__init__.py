"""Answers that are generated: the fallback generator, what grounds it and the guard.

Each class is imported when it is named: the action server uses this package without Rasa.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xiaoer.generation.gpt2_fallback_generator import Gpt2FallbackGenerator

__all__ = ["Gpt2FallbackGenerator"]

_MODULES = {"Gpt2FallbackGenerator": "gpt2_fallback_generator"}


def __getattr__(name: str) -> Any:
    """Import the class ``name`` from its module."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
