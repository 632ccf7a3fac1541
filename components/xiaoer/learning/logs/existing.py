"""The training examples that a Rasa project has, without loading Rasa."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

#: [text](entity), [text]{"entity": …}, [text][{…}, {…}]
_ENTITY = re.compile(r"\[([^\]\[]+)\](?:\([^)]*\)|\{[^}]*\}|\[[^\]]*\])")


def existing_examples(project: Path) -> dict[str, list[str]]:
    """Return the examples by intent of every file under `data/`; files that are no YAML are passed over."""
    found: dict[str, list[str]] = {}
    for path in sorted([*(project / "data").rglob("*.yml"), *(project / "data").rglob("*.yaml")]):
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        for item in (content.get("nlu") if isinstance(content, dict) else None) or ():
            if not isinstance(item, dict) or not isinstance(item.get("examples"), str):
                continue
            intent = str(item.get("intent") or "").split("/")[0]
            lines = [
                _ENTITY.sub(r"\1", line.strip()[2:]).strip()
                for line in item["examples"].splitlines()
                if line.strip().startswith("- ")
            ]
            if intent:
                found.setdefault(intent, []).extend(line for line in lines if line)
    return found


#: The one in C where there is one: a shop's examples are thousands of lines.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
