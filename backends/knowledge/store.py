"""The folder of article files: its present content, and changes that keep what people wrote."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import yaml
from filelock import FileLock, Timeout
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from backends.knowledge import editing
from backends.knowledge.article import Article
from backends.knowledge.reading import Reading, article_files, read_folder, read_text

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
        self._yaml.preserve_quotes = True  # type: ignore[assignment]
        self._yaml.indent(mapping=2, sequence=2, offset=0)

    def version(self) -> str:
        """Return what differs as soon as a file is changed, added or removed."""
        digest = hashlib.sha256()
        for path in article_files(self.folder):
            try:
                found = path.stat()
            except FileNotFoundError:  # another process has just removed it
                continue
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
            StoreError: somebody else is changing the folder, it cannot be written, or the file is
                none that can take the article.
        """
        return bool(self.put_all([article]))

    def put_all(self, articles: Iterable[Article]) -> int:
        """Write several articles as ``put`` does; returns how many are new."""
        new = 0
        with self._locked() as reading:
            changed: dict[Path, CommentedMap] = {}
            written: dict[Path, list[Article]] = {}
            for article in articles:
                known = reading.articles.get(article.id)
                target = self.folder / f"{article.category}.yml"
                if known is None:
                    new += 1
                elif str(known.category) == str(article.category):
                    target = reading.places[article.id]
                else:
                    old = reading.places[article.id]
                    editing.remove(self._open(changed, old, known.category), article.id)
                self._open(changed, target, article.category)
                written.setdefault(target, []).append(article)
            for target, several in written.items():
                editing.insert(changed[target], several)
            self._write(changed, written)
        return new

    def delete(self, article_id: str) -> bool:
        """Remove an article; returns whether it was there. Raises as ``put``."""
        with self._locked() as reading:
            path = reading.places.get(article_id)
            if path is None:
                return False
            changed: dict[Path, CommentedMap] = {}
            editing.remove(self._open(changed, path, ""), article_id)
            self._write(changed, {})
        return True

    @contextmanager
    def _locked(self) -> Iterator[Reading]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".lock", timeout=_WAIT_SECONDS):
                yield self.read()
        except Timeout:
            raise StoreError("The knowledge base is being changed by somebody else.") from None
        except OSError as error:
            raise StoreError(f"The articles cannot be written ({error.strerror}).") from None

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
            if document is None:
                document = editing.head(category)
            if not editing.has_articles(document):
                raise StoreError(f"{path.name} has no list of articles: correct it first.")
            changed[path] = document
        return changed[path]

    def _write(self, changed: dict[Path, CommentedMap], written: dict[Path, list[Article]]) -> None:
        texts = {}
        for path, document in changed.items():
            stream = StringIO()
            self._yaml.dump(document, stream)
            texts[path] = stream.getvalue() if document.get("articles") else None
        for path, articles in written.items():
            try:
                found = read_text(path, texts[path] or "").articles
            except yaml.YAMLError:
                found = {}
            for article in articles:
                if not _same(found.get(article.id), article):
                    raise StoreError(
                        f"{path.name} cannot take the article: correct the file's head first."
                    )
        # Where an article moves it is rather there twice for a moment than nowhere.
        for path, text in sorted(texts.items(), key=lambda item: item[0] not in written):
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                _replace(path, text)


def _same(found: Article | None, article: Article) -> bool:
    """Whether an article was read as it is; where it names no source it has that of its file."""
    return found is not None and found.dict(exclude={"source"}) == article.dict(exclude={"source"})


def _replace(path: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(draft, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
