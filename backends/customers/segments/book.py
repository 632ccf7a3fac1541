"""The shop's segments by rule, as a person writes them in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError, constr, validator

from backends.customers.profiles.conditions import Rule, parse_rule
from backends.customers.profiles.features import is_feature
from backends.customers.profiles.file_mark import file_mark
from backends.customers.profiles.tags import TAGS, first_problem, read_tags, read_yaml
from backends.fields import text
from backends.http import Inbound
from backends.setup_error import SetupError

NAME_PATTERN = "^[a-z][a-z0-9_]{0,39}$"
_Label = text(max_length=80)


class _Name(Inbound):
    name: constr(regex=NAME_PATTERN)  # type: ignore[valid-type]


class _Row(Inbound):
    zh: _Label  # type: ignore[valid-type]
    en: _Label  # type: ignore[valid-type]
    when: list[Any]

    @validator("when", pre=True)
    def _list(cls, written: Any) -> list[Any]:
        return written if isinstance(written, list) else [written]


@dataclass(frozen=True)
class Segment:
    """Customers for whom any of the rules holds."""

    name: str
    zh: str
    en: str
    rules: tuple[Rule, ...]

    def has(self, values: Mapping[str, float]) -> bool:
        """Whether a customer with such features and tags belongs to it."""
        return any(rule.holds(values) for rule in self.rules)


def read_folder(folder: Path) -> dict[str, Segment]:
    """Read the segments of a folder, whose tags they may ask for.

    Raises:
        SetupError: a mistake in either file.
    """
    return read_segments(folder / "segments.yml", read_tags(folder / TAGS).names())


class SegmentBook:
    """The segments of a folder, read again when a file has changed; blocking, for use in threads.

    Args:
        folder: with ``segments.yml`` and ``tags.yml``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: tuple[object, dict[str, Segment]] | None = None

    def segments(self) -> dict[str, Segment]:
        """Return them by name.

        Raises:
            SetupError: as `read_folder`.
        """
        mark = tuple(file_mark(self._folder / name) for name in ("segments.yml", TAGS))
        kept = self._kept
        if kept is None or kept[0] != mark:
            kept = self._kept = (mark, read_folder(self._folder))
        return kept[1]


def read_segments(path: Path, tags: frozenset[str]) -> dict[str, Segment]:
    """Read and check the file of segments.

    Args:
        path: the file.
        tags: ``group.tag`` of all tags that rules may ask for beside the features.

    Raises:
        SetupError: a mistake, in one sentence with its place.
    """
    content = read_yaml(path, "the key segments")
    rows = content.get("segments")
    if set(content) != {"segments"} or not isinstance(rows, dict):
        raise SetupError(f"{path}: it must have the one key segments, a mapping by name.")
    return {str(name): _segment(path, name, row, tags) for name, row in rows.items()}


def _segment(path: Path, name: Any, row: Any, tags: frozenset[str]) -> Segment:
    def known(asked: str) -> bool:
        return asked in tags or is_feature(asked)

    where = f"{path}: segment {name}"
    try:
        _Name(name=name)
        read = _Row.parse_obj(row)
        rules = tuple(parse_rule(each, known) for each in read.when)
    except ValidationError as error:
        raise SetupError(f"{where}{first_problem(error, [])}") from None
    except ValueError as error:
        raise SetupError(f"{where}: when {error}.") from None
    if not rules:
        raise SetupError(f"{where}: when needs a rule.")
    return Segment(str(name), str(read.zh), str(read.en), rules)
