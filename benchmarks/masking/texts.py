"""The labelled texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

LANGUAGES = ("zh", "en")
HALVES = ("development", "test")
KINDS = ("phone", "identity number", "bank card", "e-mail", "address", "name")
_FOLDER = Path(__file__).with_name("data")
_PIECE = re.compile(r"\{([a-z -]+):([^}]+)\}")


@dataclass(frozen=True)
class Piece:
    """Personal data at `text[start:end]`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Text:
    """A text and the personal data in it."""

    text: str
    pieces: tuple[Piece, ...]


def read_texts(language: str, half: str) -> list[Text]:
    """Return the texts of a language: those with personal data, then those without.

    Raises:
        ValueError: A label names no kind, or a text without personal data has one.
    """
    path = _FOLDER / f"{language}.yml"
    lists = yaml.safe_load(path.read_text(encoding="utf-8"))
    texts = []
    for name, halves in lists.items():
        for line in halves[half]:
            text = _read(line)
            if bool(text.pieces) != (name == "personal"):
                raise ValueError(f"{path.name}: '{line}' stands under {name}.")
            texts.append(text)
    return texts


def _read(line: str) -> Text:
    plain, pieces, end = "", [], 0
    for match in _PIECE.finditer(line):
        kind, piece = match.groups()
        if kind not in KINDS:
            raise ValueError(f"'{kind}' in '{line}' is no kind of personal data.")
        plain += line[end : match.start()]
        pieces.append(Piece(len(plain), len(plain) + len(piece), kind))
        plain += piece
        end = match.end()
    return Text(plain + line[end:], tuple(pieces))
