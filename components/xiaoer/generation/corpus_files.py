"""Lists of items in YAML files, read whole or, where they are too large, in part.

Neither the memory nor the time of training can use fifty megabytes of dialogues: above a limit each
item is kept by chance, and only those kept are parsed.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from xiaoer.lm.errors import LanguageModelError

logger = logging.getLogger(__name__)

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Most characters of one item of a file that is read in part.
_LONGEST_ITEM = 1_000_000


class CorpusError(LanguageModelError):
    """A file of the corpus cannot be used; the message is one sentence that names it."""


@dataclass(frozen=True)
class Item:
    """One entry of a list.

    Attributes:
        path: its file.
        line: where it begins, from 1.
        value: what stands there.
        head: the other keys of the file.
    """

    path: Path
    line: int
    value: Any
    head: dict[str, Any]

    @property
    def where(self) -> str:
        """Name it for people."""
        return f"{self.path}, line {self.line}"


def find_files(paths: Iterable[str]) -> list[Path]:
    """Return the YAML files among files and folders, in a fixed order; what is missing is logged."""
    found: list[Path] = []
    for name in paths:
        path = Path(name).expanduser()
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.suffix in (".yml", ".yaml"))
        elif path.is_file():
            found.append(path)
        else:
            logger.warning(f"The text generator cannot learn from {name}: it does not exist.")
    return list(dict.fromkeys(found))


def digest_of(paths: Iterable[Path]) -> str:
    """Return a hash of names and contents of files.

    Raises:
        CorpusError: one cannot be read.
    """
    seen = hashlib.sha256()
    for path in paths:
        seen.update(f"{path.name}\0".encode())
        try:
            with path.open("rb") as stream:
                while piece := stream.read(1 << 20):
                    seen.update(piece)
        except OSError as error:
            raise CorpusError(f"The file {path} cannot be read: {error.strerror}.") from error
    return seen.hexdigest()


def read_items(paths: list[Path], key: str, share: float, seed: int) -> Iterator[Item]:
    """Yield the items of the list ``key`` in each file.

    Args:
        paths: files.
        key: of the list.
        share: chance of each item to be kept; 1 reads files whole.
        seed: of the choice.

    Raises:
        CorpusError: a file is no UTF-8, no YAML or has no such list.
    """
    for path in paths:
        if share >= 1:
            yield from _whole(path, key)
        else:
            yield from _in_part(path, key, share, random.Random(f"{seed}:{path.name}"))


def _whole(path: Path, key: str) -> Iterator[Item]:
    with _sentences(path, 0):
        loader = _Loader(path.read_text("utf-8-sig"))
        try:
            root = loader.get_single_node()
            if root is None:
                return
            nodes = dict(_keys(root))
            listed = nodes.pop(key, None)
            if not isinstance(listed, yaml.SequenceNode) and not _is_null(listed):
                raise CorpusError(f"The file {path} should be a mapping with the list `{key}`.")
            head = {name: loader.construct_object(node, deep=True) for name, node in nodes.items()}
            for node in listed.value if isinstance(listed, yaml.SequenceNode) else []:
                value = loader.construct_object(node, deep=True)
                yield Item(path, node.start_mark.line + 1, value, head)
        finally:
            loader.dispose()


def _keys(root: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(root, yaml.MappingNode):
        for name, node in root.value:
            yield str(name.value), node


def _is_null(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _in_part(path: Path, key: str, share: float, chance: random.Random) -> Iterator[Item]:
    head: dict[str, Any] | None = None
    for line, text in _pieces(path, key):
        if head is None:
            with _sentences(path, 0):
                head = yaml.load(text, _Loader) or {}  # noqa: S506 - a safe loader
                if not isinstance(head, dict) or key not in head:
                    raise CorpusError(
                        f"The file {path} should be a mapping with the list `{key}`, one item "
                        "after the other."
                    )
                del head[key]
            continue
        if chance.random() >= share:
            continue
        if len(text) > _LONGEST_ITEM:
            logger.warning(f"The item in {path}, line {line + 1}, is too long and left out.")
            continue
        with _sentences(path, line):
            for value in yaml.load(text, _Loader) or []:  # noqa: S506 - a safe loader
                yield Item(path, line + 1, value, head)


def _pieces(path: Path, key: str) -> Iterator[tuple[int, str]]:
    """Yield line number and text of what stands before the list, then of each of its items."""
    lines: list[str] = []
    first, size, begun = 0, 0, False
    start: str | None = None
    with _sentences(path, 0), path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream):
            if start is None and begun and line.lstrip().startswith("- "):
                start = line[: len(line) - len(line.lstrip())] + "- "
            if start is not None and line.startswith(start):
                yield first, "".join(lines)
                lines, first, size = [], number, 0
            begun = begun or line.startswith(f"{key}:")
            size += len(line)
            # More than is looked at need not be kept.
            if size <= _LONGEST_ITEM + len(line):
                lines.append(line)
        yield first, "".join(lines)


class _sentences:
    """Turns what goes wrong with a file into one sentence that names it."""

    def __init__(self, path: Path, line: int) -> None:
        self._path = path
        self._line = line

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, UnicodeDecodeError):
            raise CorpusError(
                f"The file {self._path} is not written in UTF-8: save it in that encoding."
            ) from error
        if isinstance(error, yaml.MarkedYAMLError):
            mark = error.problem_mark or error.context_mark
            line = self._line + (mark.line if mark else 0) + 1
            raise CorpusError(
                f"The file {self._path} is no valid YAML in line {line}: {error.problem}."
            ) from error
        if isinstance(error, yaml.YAMLError):
            raise CorpusError(f"The file {self._path} is no valid YAML: {error}.") from error
        if isinstance(error, OSError):
            raise CorpusError(f"The file {self._path} cannot be read: {error.strerror}.") from error
