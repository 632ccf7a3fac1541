"""The NLU pipeline of a model, read from its archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NODE = re.compile(r"run_(\w+?)(\d+)")


def pipeline_of(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the components as `config.yml` names them, with their settings, in order.

    Args:
        metadata: What Rasa wrote about the model.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    for name, node in metadata["predict_schema"]["nodes"].items():
        match = _NODE.fullmatch(name)
        if match and ".policies." not in node["uses"]:
            found.append((int(match[2]), {"name": node["uses"], **node["config"]}))
    return [component for _, component in sorted(found, key=lambda each: each[0])]
