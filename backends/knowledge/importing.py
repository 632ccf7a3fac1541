"""Import of articles from a file of another kind: what is good is kept, what is bad is told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tqdm import tqdm

from backends.errors import SetupError
from backends.knowledge.article import LANGUAGES, Article
from backends.knowledge.formats.markdown import read_markdown
from backends.knowledge.formats.qa_json import read_json
from backends.knowledge.formats.row import Reader
from backends.knowledge.formats.table import read_table
from backends.knowledge.reading import problems_of
from backends.knowledge.store import ArticleStore, StoreError
from backends.rows import Problem, Row
from backends.search.text import is_chinese, normalise

READERS: dict[str, Reader] = {
    ".csv": read_table,
    ".tsv": read_table,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".json": read_json,
    ".jsonl": read_json,
}

_OF_ARTICLE = ("category", "valid_from", "valid_to")
_OF_WORDING = ("question", "variants", "answer")


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that do not say it themselves; ``language`` None: as the text shows."""

    category: str = "imported"
    language: str | None = None
    source: str | None = None


@dataclass
class Outcome:
    """What an import did.

    Attributes:
        new: articles that were not there before.
        replaced: articles that were.
        problems: what was left out.
    """

    new: int = 0
    replaced: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_file(
    store: ArticleStore, path: Path, defaults: Defaults, encoding: str = "utf-8"
) -> Outcome:
    """Import a CSV, Markdown or JSON file; importing it again replaces what it brought.

    Rows with the same id, one in each language, become one article. A row without an id gets one
    made from its question.

    Raises:
        SetupError: the file cannot be read at all, or the store cannot be changed.
    """
    outcome = Outcome()
    known = store.read().articles
    asked: dict[str, list[str]] = {}
    for article in known.values():
        for _, wording in article.wordings():
            for question in wording.asked:
                asked.setdefault(normalise(question), []).append(article.id)
    made: dict[str, Article] = {}
    brought: set[tuple[str, str]] = set()
    rows = list(_rows(path, encoding))
    for row in tqdm(rows, desc="rows", unit="row", disable=len(rows) < 1000):
        if isinstance(row, Problem):
            outcome.problems.append(row)
            continue
        try:
            article = _article(row, defaults, path, known, made, brought)
            having = asked.setdefault(normalise(row.fields["question"]), [article.id])
            if article.id not in having:
                raise ValueError(f"article {having[0]} has that question already.")
        except ValidationError as error:
            what = " ".join(problems_of(error, "the row"))
            outcome.problems.append(Problem(row.line, what))
        except ValueError as error:
            outcome.problems.append(Problem(row.line, str(error)))
        else:
            made[article.id] = article
    if made:
        try:
            outcome.new = store.put_all(made.values())
        except (StoreError, OSError) as error:
            raise SetupError(f"Nothing was imported: {error}") from None
        outcome.replaced = len(made) - outcome.new
    outcome.problems.sort(key=lambda problem: problem.line)
    return outcome


def _rows(path: Path, encoding: str) -> Iterator[Row | Problem]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(READERS)
        raise SetupError(f"{path.name} is of no kind that can be imported ({kinds}).")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}).") from None
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise SetupError(f"There is no encoding called {encoding}.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SetupError(
            f"{path.name} is not {encoding} text (line {line}): "
            "name its encoding with --encoding, such as gb18030."
        ) from None
    if not text.strip():
        raise SetupError(f"{path.name} is empty.")
    return reader(text)


def _article(
    row: Row,
    defaults: Defaults,
    path: Path,
    known: Mapping[str, Article],
    made: Mapping[str, Article],
    brought: set[tuple[str, str]],
) -> Article:
    """Return the article of a row, joined with what there is of it in the other language.

    Its id and language are noted in ``brought``, where those of the rows before it are.

    Raises:
        ValueError: the row cannot be used (pydantic's errors among them).
    """
    fields = row.fields
    for name in ("question", "answer"):
        if not isinstance(fields.get(name), str) or not fields[name].strip():
            raise ValueError(f"{name} is missing.")
    language = fields.get("language") or defaults.language or _language(fields["question"])
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is neither zh nor en.")
    name = str(fields.get("id") or _name(fields["question"]))
    if (name, language) in brought:
        raise ValueError(f"article {name} is there twice in {language}.")
    before = made.get(name) or known.get(name)
    content: dict[str, Any] = (
        before.dict() if before else {"id": name, "category": defaults.category}
    )
    content.update({key: fields[key] for key in _OF_ARTICLE if key in fields})
    source = fields.get("source") or defaults.source or path.name
    content["source"] = {**(content.get("source") or {}), language: source}
    content[language] = {key: fields[key] for key in _OF_WORDING if key in fields}
    article = Article.parse_obj(content)
    brought.add((name, language))
    return article


def _language(text: str) -> str:
    return "zh" if is_chinese(text) else "en"


def _name(question: str) -> str:
    """Return an id made from a question: its Latin words, and a hash that keeps it its own."""
    words = "-".join(re.findall(r"[a-z0-9]+", normalise(question)))[:40].strip("-")
    mark = hashlib.sha256(normalise(question).encode()).hexdigest()[:8]
    return f"{words}-{mark}" if words else f"q-{mark}"
