"""The designer's tags: groups, names, and examples of which customers carry them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, constr, root_validator, validator

from backends.customers.profiles.conditions import Rule, parse_rule
from backends.customers.profiles.features import FAMILIES, is_feature
from backends.customers.profiles.protected import ProtectedWords
from backends.fields import text
from backends.http import Inbound
from backends.setup_error import SetupError

_Id = constr(regex=r"^[a-z][a-z0-9_]{0,39}$")
_Name = text(max_length=80)
_Example = text(max_length=500)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: The file in the folder of the customers' data.
TAGS = "tags.yml"


class Texts(Inbound):
    """What a customer with the tag could have written."""

    zh: list[_Example] = Field([])  # type: ignore[valid-type]
    en: list[_Example] = Field([])  # type: ignore[valid-type]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield language and text."""
        yield from (("zh", each) for each in self.zh)
        yield from (("en", each) for each in self.en)


class Tag(Inbound):
    """A tag and its examples: texts, rules any of which makes a customer one, and customer ids."""

    id: _Id  # type: ignore[valid-type]
    zh: _Name  # type: ignore[valid-type]
    en: _Name  # type: ignore[valid-type]
    texts: Texts = Field(Texts(zh=[], en=[]))
    when: tuple[Rule, ...] = ()
    customers: tuple[str, ...] = ()

    class Config(Inbound.Config):
        """Rules are no pydantic models."""

        arbitrary_types_allowed = True

    @validator("when", pre=True)
    def _rules(cls, written: Any) -> tuple[Rule, ...]:
        rules = written if isinstance(written, list) else [written]
        return tuple(parse_rule(each, is_feature) for each in rules)

    @root_validator(skip_on_failure=True)
    def _examples(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not (any(values["texts"].pairs()) or values["when"] or values["customers"]):
            raise ValueError("has no example: give texts, when or customers")
        return values


class Group(Inbound):
    """Tags of one kind; of an exclusive group a customer carries one, else any number."""

    id: _Id  # type: ignore[valid-type]
    zh: _Name  # type: ignore[valid-type]
    en: _Name  # type: ignore[valid-type]
    several: bool = False
    tags: tuple[Tag, ...]

    @root_validator(skip_on_failure=True)
    def _whole(cls, values: dict[str, Any]) -> dict[str, Any]:
        names = [tag.id for tag in values["tags"]]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"has the tag {min(twice)} twice")
        if len(names) < (1 if values["several"] else 2):
            raise ValueError("needs two tags to choose from, or several: true")
        if values["id"] in {family.name for family in FAMILIES} | {"hours"}:
            raise ValueError("is called as features are: give it another id")
        return values


@dataclass(frozen=True)
class TagBook:
    """All groups of a file, and the words whose messages are never read."""

    groups: tuple[Group, ...]
    protected: ProtectedWords

    def tags(self) -> Iterator[tuple[Group, Tag]]:
        """Yield each tag with its group."""
        for group in self.groups:
            for tag in group.tags:
                yield group, tag

    def names(self) -> frozenset[str]:
        """Return ``group.tag`` of all."""
        return frozenset(f"{group.id}.{tag.id}" for group, tag in self.tags())


def read_yaml(path: Path, what: str) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Args:
        path: the file.
        what: what it holds, for the sentence.

    Raises:
        SetupError: it is missing, no UTF-8, no YAML or no mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)  # noqa: S506
    except FileNotFoundError:
        raise SetupError(f"There is no file {path} with {what}.") from None
    except UnicodeDecodeError:
        raise SetupError(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}).") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise SetupError(f"{path} is no valid YAML{line}.") from None
    if not isinstance(content, dict):
        raise SetupError(f"{path} must be a mapping with {what}.")
    return content


def read_tags(path: Path) -> TagBook:
    """Read and check the file of tags.

    Raises:
        SetupError: a mistake, in one sentence with its place.
    """
    content = read_yaml(path, "the key groups")
    unknown = set(content) - {"groups", "never_read"}
    if unknown:
        raise SetupError(f"{path}: there is no key {min(map(str, unknown))}.")
    rows = content.get("groups")
    if not isinstance(rows, list) or not rows:
        raise SetupError(f"{path}: groups must be a list with at least one group.")
    groups = tuple(_group(path, at, row) for at, row in enumerate(rows, 1))
    names = [group.id for group in groups]
    for name in names:
        if names.count(name) > 1:
            raise SetupError(f"{path}: the group {name} is there twice.")
    try:
        protected = ProtectedWords.parse_obj(content.get("never_read") or {})
    except ValidationError as error:
        raise SetupError(f"{path}: never_read{first_problem(error, [])}") from None
    book = TagBook(groups, protected)
    for group, tag in book.tags():
        for _, example in tag.texts.pairs():
            if protected.found(example):
                raise SetupError(
                    f"{path}: group {group.id}, tag {tag.id}: the example “{example}” speaks of "
                    "what never_read protects: take it out."
                )
    return book


def _group(path: Path, at: int, row: Any) -> Group:
    try:
        return Group.parse_obj(row)
    except ValidationError as error:
        tags = row.get("tags") if isinstance(row, dict) else None
        name = row.get("id", at) if isinstance(row, dict) else at
        raise SetupError(
            f"{path}: group {name}{first_problem(error, tags if isinstance(tags, list) else [])}"
        ) from None


def first_problem(error: ValidationError, tags: list[Any]) -> str:
    """Return the first mistake, with the tag's name in the place of its number."""
    found = error.errors()[0]
    place = [part for part in found["loc"] if part != "__root__"]
    shown = ""
    if len(place) > 1 and place[0] == "tags" and isinstance(place[1], int):
        tag = tags[place[1]] if place[1] < len(tags) else None
        name = tag.get("id", place[1] + 1) if isinstance(tag, dict) else place[1] + 1
        shown, place = f", tag {name}", place[2:]
    where = ".".join(str(part) for part in place)
    return f"{shown}: {where} {found['msg']}." if where else f"{shown} {found['msg']}."
