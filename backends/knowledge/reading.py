"""The article files of a folder, read and checked; each mistake is one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from backends.http import Inbound
from backends.knowledge.article import Article, Category, Source

# The one in C reads a knowledge base in a sixth of the time.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Head(Inbound):
    category: Category  # type: ignore[valid-type]
    source: Source | None = None


@dataclass(frozen=True)
class Reading:
    """What a folder holds.

    Attributes:
        articles: by id, in the order of the files.
        places: the file of each.
        problems: one sentence for each file or article that cannot be used.
    """

    articles: dict[str, Article]
    places: dict[str, Path]
    problems: list[str]


def article_files(folder: Path) -> list[Path]:
    """Return the folder's YAML files, those of folders in it too, in order."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in (".yml", ".yaml") and not path.name.startswith(".") and path.is_file()
    )


def read_folder(folder: Path) -> Reading:
    """Read all articles; what is wrong is told and left out, the rest is kept."""
    reading = Reading({}, {}, [])
    for path in article_files(folder):
        shown = path.relative_to(folder)
        try:
            content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)  # noqa: S506
        except UnicodeDecodeError:
            reading.problems.append(f"{shown} is not UTF-8 text: save it as UTF-8.")
            continue
        except OSError as error:
            reading.problems.append(f"{shown} cannot be read ({error.strerror}).")
            continue
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f" in line {mark.line + 1}" if mark else ""
            reading.problems.append(f"{shown} is no valid YAML{line}.")
            continue
        reading.problems.extend(
            f"{shown}: {problem}" for problem in _read_file(path, content, reading)
        )
    return reading


def read_text(path: Path, text: str) -> Reading:
    """Read what a file will hold.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    reading = Reading({}, {}, [])
    content = yaml.load(text, Loader=_LOADER)  # noqa: S506
    reading.problems.extend(_read_file(path, content, reading))
    return reading


def _read_file(path: Path, content: Any, reading: Reading) -> Iterator[str]:
    if content is None:
        return
    if not isinstance(content, dict) or not isinstance(content.get("articles"), list | None):
        yield "it must have the keys category and articles, the latter a list."
        return
    rows = content.pop("articles", None) or []
    try:
        head = _Head.parse_obj(content)
    except ValidationError as error:
        yield from problems_of(error, "the head of the file")
        return
    for at, row in enumerate(rows, 1):
        name = f"article {row['id']}" if _has_id(row) else f"article {at}"
        if not isinstance(row, dict):
            yield f"{name} is not a mapping."
            continue
        source = row.get("source") or head.source
        try:
            article = Article.parse_obj({**row, "category": head.category, "source": source})
        except ValidationError as error:
            yield from problems_of(error, name)
            continue
        if article.id in reading.articles:
            other = reading.places[article.id].name
            yield f"{name} is there twice, first in {other}: give it another id."
            continue
        reading.articles[article.id] = article
        reading.places[article.id] = path


def problems_of(error: ValidationError, name: str) -> Iterator[str]:
    """Yield a sentence for each mistake that pydantic found in something called ``name``."""
    for found in error.errors():
        where = ".".join(str(part) for part in found["loc"] if part != "__root__")
        yield f"{name}: {where} {found['msg']}." if where else f"{name} {found['msg']}."


def _has_id(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), str)
