"""Sentences that staff put into their replies with one click, from ``quick_texts.yml``."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, Extra, ValidationError, parse_obj_as

from backends.fields import text
from backends.setup_error import SetupError

FILE = "quick_texts.yml"


class QuickText(BaseModel):
    """A sentence in both languages; ``{name}`` stands for who replies."""

    zh: text(max_length=500, lines=True)  # type: ignore[valid-type]
    en: text(max_length=500, lines=True)  # type: ignore[valid-type]

    class Config:
        """Pydantic's settings."""

        extra = Extra.forbid

    def filled(self, language: str, name: str) -> str:
        """The sentence in a language, said by somebody."""
        sentence: str = getattr(self, language)
        return sentence.replace("{name}", name)


def read_quick_texts(folder: Path) -> list[QuickText]:
    """Read the file, in its order; without one there are none.

    Raises:
        SetupError: it is not YAML, or not a list of pairs.
    """
    path = folder / FILE
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        return parse_obj_as(list[QuickText], listed)
    except FileNotFoundError:
        return []
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise SetupError(f"{path}: {where or 'the file'} {first['msg']}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SetupError(f"{path} cannot be read ({type(error).__name__}).") from None
