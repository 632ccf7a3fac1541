"""The intents and examples of ``data/nlu``, read without Rasa."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog
import yaml

from backends.review.queue import markup
from backends.review.queue.texts import normalised

log = structlog.get_logger("backends.review")
#: The one in C reads the examples in a sixth of the time.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Rasa's own; no project may use them.
RESERVED = frozenset({"restart", "back", "out_of_scope", "session_start", "nlu_fallback"})


@dataclass(frozen=True)
class Intent:
    """An intent and its examples as they are written."""

    name: str
    file: Path
    examples: tuple[str, ...]


@dataclass
class Examples:
    """What the files of the NLU data hold.

    Attributes:
        intents: by name, in the order of the files.
        texts: each example without marks, with its intent.
        entities: the roles of each entity that is marked somewhere.
        version: differs as soon as a file does.
        problems: one sentence for each file that cannot be read.
    """

    intents: dict[str, Intent] = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)
    entities: dict[str, set[str]] = field(default_factory=dict)
    version: str = ""
    problems: list[str] = field(default_factory=list)

    @cached_property
    def known(self) -> dict[str, str]:
        """The intent of each example by its normalised text."""
        return {normalised(text): intent for text, intent in self.texts}

    @cached_property
    def mark(self) -> str:
        """A short word that differs as soon as an example or its intent does, on any machine."""
        lines = "\n".join(f"{intent}\t{text}" for text, intent in self.texts)
        return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()[:8]

    @cached_property
    def files(self) -> list[Path]:
        """The files that hold intents."""
        return list(dict.fromkeys(one.file for one in self.intents.values()))


def nlu_files(folder: Path) -> list[Path]:
    """Return the YAML files of a folder, those in folders of it too, in order."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in (".yml", ".yaml") and not path.name.startswith(".") and path.is_file()
    )


def version_of(folder: Path) -> str:
    """Return what differs as soon as a file is changed, added or removed."""
    digest = hashlib.sha256()
    for path in nlu_files(folder):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        mark = f"{path.relative_to(folder)}:{found.st_mtime_ns}:{found.st_size}\n"
        digest.update(mark.encode("utf-8", "replace"))
    return digest.hexdigest()


class ExampleFiles:
    """The examples as the files hold them now; safe to use from threads.

    Args:
        folder: the NLU data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: Examples | None = None

    def current(self) -> Examples:
        """Read the files, or return what was read of the same files before."""
        version = version_of(self.folder)
        read = self._read
        if read is None or read.version != version:
            self._read = read = read_examples(self.folder, version)
            for problem in read.problems:
                log.warning("NLU examples are left out", problem=problem)
        return read


def read_examples(folder: Path, version: str | None = None) -> Examples:
    """Read all examples; a file that cannot be read is told and left out."""
    found = Examples(version=version_of(folder) if version is None else version)
    for path in nlu_files(folder):
        shown = path.relative_to(folder)
        try:
            content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=LOADER)  # noqa: S506
        except UnicodeDecodeError:
            found.problems.append(f"{shown} is not UTF-8 text: save it as UTF-8.")
            continue
        except OSError as error:
            found.problems.append(f"{shown} cannot be read ({error.strerror}).")
            continue
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f" in line {mark.line + 1}" if mark else ""
            found.problems.append(f"{shown} is no valid YAML{line}.")
            continue
        for name, examples in _intents(content):
            _add(found, name, path, examples)
    return found


def _add(found: Examples, name: str, path: Path, examples: list[str]) -> None:
    known = found.intents.get(name)
    file = known.file if known else path
    before = known.examples if known else ()
    found.intents[name] = Intent(name, file, (*before, *examples))
    for written in examples:
        try:
            example = markup.read(written)
        except markup.MarkupError:
            example = markup.Example(written, ())
        found.texts.append((example.text, name))
        for mark in example.marks:
            roles = found.entities.setdefault(mark.entity, set())
            if mark.role:
                roles.add(mark.role)


def _intents(content: Any) -> Iterator[tuple[str, list[str]]]:
    rows = content.get("nlu") if isinstance(content, dict) else None
    for row in rows if isinstance(rows, list) else []:
        name = row.get("intent") if isinstance(row, dict) else None
        if isinstance(name, str):
            yield name, list(lines_of(row.get("examples")))


def lines_of(examples: Any) -> Iterator[str]:
    """Yield the examples of one entry, whether written as a text or as a list."""
    if isinstance(examples, str):
        for line in examples.splitlines():
            line = line.strip()
            if line.startswith("- ") and line[2:].strip():
                yield line[2:].strip()
    elif isinstance(examples, list):
        for each in examples:
            text = each.get("text") if isinstance(each, dict) else each
            if isinstance(text, str) and text.strip():
                yield text.strip()
