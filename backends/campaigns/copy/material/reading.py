"""Reading a YAML file into a pydantic model, with a sentence for each mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Extra, ValidationError

from backends.customers.profiles.tags import read_yaml
from backends.setup_error import SetupError

Read = TypeVar("Read", bound=BaseModel)
LANGUAGES = ("zh", "en")


class Strict(BaseModel):
    """A part of a file: fields that are not known are mistakes."""

    class Config:
        """Pydantic's settings."""

        extra = Extra.forbid
        frozen = True


class Both(Strict):
    """A text in both languages."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in one of them."""
        return str(getattr(self, language))


def read_model(path: Path, model: type[Read]) -> Read:
    """Read a file.

    Raises:
        SetupError: it cannot be read, or a field is wrong; names the file and the field.
    """
    return parse_model(path, read_yaml(path, "what docs/services/campaigns-copy.md says"), model)


def parse_model(path: Path, content: Any, model: type[Read]) -> Read:
    """Check what was read of a file.

    Raises:
        SetupError: a field is wrong.
    """
    try:
        return model.parse_obj(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SetupError(f"{path}: {place}: {first['msg']}.") from None
