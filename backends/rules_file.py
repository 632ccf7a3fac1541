"""A YAML file of rules that the shop edits, checked at start: a mistake is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from backends.setup_error import SetupError

Rules = TypeVar("Rules", bound=BaseModel)


def read_rules_file(path: Path, model: type[Rules], unreadable: str, whole: str) -> Rules:
    """What the file says.

    Args:
        path: of the file.
        model: what it must hold.
        unreadable: what to do when it cannot be read; a sentence's end.
        whole: what the file as a whole must be; said when it is something else.

    Raises:
        SetupError: it cannot be read or says something that cannot be used.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}): {unreadable}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "it"
        raise SetupError(f"{path}: {where} is not YAML.") from None
    except ValueError as error:
        # Of a day such as the 30th of February, which YAML takes for a day all the same.
        raise SetupError(f"{path} has a day that is none ({error}).") from None
    try:
        return model.parse_obj(data)
    except ValidationError as error:
        raise SetupError(f"{path}: {_sentence(error, whole)}.") from None


def _sentence(error: ValidationError, whole: str) -> str:
    first = error.errors()[0]
    parts = [str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"]]
    where = " ".join(part for part in parts if part != "__root__")
    if where == "":
        return whole
    if first["type"] == "value_error.missing":
        return f"{where} is missing"
    if first["type"] == "value_error.extra":
        return f"{where} is unknown"
    said = str(first["msg"])
    # Our own validators go on from the place; pydantic's sentences stand for themselves.
    return f"{where}: {said}" if said.startswith(("value ", "ensure ")) else f"{where} {said}"
