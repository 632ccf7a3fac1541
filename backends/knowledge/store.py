"""The folder of article files: its present content, and changes that keep what people wrote."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from backends.knowledge.article import LANGUAGES, Article
from backends.knowledge.reading import Reading, article_files, read_folder

_WAIT_SECONDS = 3.0


class StoreError(Exception):
    """The folder cannot be changed now; nothing was changed, and the sentence says why."""


class ArticleStore:
    """Articles kept as YAML files that people edit too; blocking, for use in threads.

    A change rewrites one file, with its comments and order, under a lock that all processes of the
    machine share, and the file is replaced at once or not at all.

    Args:
        folder: where the files lie; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._yaml = YAML()
        self._yaml.width = 4096  # type: ignore[assignment]  # lines stay as they are
        self._yaml.indent(mapping=2, sequence=2, offset=0)

    def version(self) -> str:
        """Return what differs as soon as a file is changed, added or removed."""
        digest = hashlib.sha256()
        for path in article_files(self.folder):
            found = path.stat()
            mark = f"{path.relative_to(self.folder)}:{found.st_mtime_ns}:{found.st_size}\n"
            digest.update(mark.encode())
        return digest.hexdigest()

    def read(self) -> Reading:
        """Read all articles."""
        return read_folder(self.folder)

    def put(self, article: Article) -> bool:
        """Write an article in place of the one with its id, or as a new one.

        It stays in its file unless its category has changed; a new one goes to the file named after
        its category.

        Returns:
            Whether it is new.

        Raises:
            StoreError: somebody else is changing the folder, or a file is no YAML.
            OSError: the file cannot be written.
        """
        return bool(self.put_all([article]))

    def put_all(self, articles: Iterable[Article]) -> int:
        """Write several articles as ``put`` does; returns how many are new."""
        new = 0
        with self._locked() as reading:
            changed: dict[Path, CommentedMap] = {}
            for article in articles:
                known = reading.articles.get(article.id)
                target = self.folder / f"{article.category}.yml"
                if known is None:
                    new += 1
                elif str(known.category) == str(article.category):
                    target = reading.places[article.id].path
                else:
                    old = reading.places[article.id].path
                    _remove(self._open(changed, old, str(known.category)), article.id)
                document = self._open(changed, target, str(article.category))
                _insert(document, article)
            self._write(changed)
        return new

    def delete(self, article_id: str) -> bool:
        """Remove an article; returns whether it was there. Raises as ``put``."""
        with self._locked() as reading:
            place = reading.places.get(article_id)
            if place is None:
                return False
            changed: dict[Path, CommentedMap] = {}
            _remove(self._open(changed, place.path, ""), article_id)
            self._write(changed)
        return True

    @contextmanager
    def _locked(self) -> Iterator[Reading]:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / ".lock", timeout=_WAIT_SECONDS):
                yield self.read()
        except Timeout:
            raise StoreError("The knowledge base is being changed by somebody else.") from None

    def _open(self, changed: dict[Path, CommentedMap], path: Path, category: str) -> CommentedMap:
        """Return the document to change: the one of a file, or a new one."""
        if path not in changed:
            try:
                text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
                document = self._yaml.load(text)
            except (YAMLError, UnicodeDecodeError):
                raise StoreError(
                    f"{path.name} is no YAML text in UTF-8: correct it first."
                ) from None
            changed[path] = document or CommentedMap(category=category, articles=CommentedSeq())
        return changed[path]

    def _write(self, changed: dict[Path, CommentedMap]) -> None:
        for path, document in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not document.get("articles"):
                path.unlink(missing_ok=True)
                continue
            _replace(path, partial(self._yaml.dump, document))


def _replace(path: Path, write: Callable[[Any], object]) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            write(file)
        if path.exists():
            os.chmod(draft, path.stat().st_mode & 0o777)
        else:
            os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _insert(document: CommentedMap, article: Article) -> None:
    rows = document.setdefault("articles", CommentedSeq())
    form = _form(article, document.get("source"))
    for at, row in enumerate(rows):
        if row.get("id") == article.id:
            rows[at] = form
            return
    rows.append(form)


def _remove(document: CommentedMap, article_id: str) -> None:
    rows = document.get("articles") or CommentedSeq()
    for at, row in enumerate(rows):
        if row.get("id") == article_id:
            del rows[at]
            return


def _form(article: Article, inherited: Any) -> CommentedMap:
    """Return an article as it stands in a file, without what the file's head says."""
    form = CommentedMap(id=article.id)
    source = article.source.dict(exclude_none=True) if article.source else None
    if source and source != (dict(inherited) if inherited else None):
        form["source"] = CommentedMap(source)
    for name in ("valid_from", "valid_to"):
        day: date | None = getattr(article, name)
        if day is not None:
            form[name] = day
    for language in LANGUAGES:
        wording = getattr(article, language)
        if wording is not None:
            part = CommentedMap(question=str(wording.question))
            if wording.variants:
                part["variants"] = CommentedSeq(str(each) for each in wording.variants)
            part["answer"] = str(wording.answer)
            form[language] = part
    return form
