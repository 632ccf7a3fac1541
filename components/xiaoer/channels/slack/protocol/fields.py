"""Reading what came from outside without trusting its shape."""

from typing import Any


def at(data: Any, *path: str | int) -> Any:
    """Return what stands at a path of keys and indexes, or nothing."""
    for step in path:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and len(data) > step else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def word(data: Any, *path: str | int) -> str:
    """Return the text at a path; an empty one where there is none."""
    found = at(data, *path)
    return found if isinstance(found, str) else ""


def objects(data: Any, *path: str | int) -> list[dict[str, Any]]:
    """Return the objects of the list at a path."""
    found = at(data, *path)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
