"""The files of the project as they will be: written in a copy first, and checked there."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from backends.knowledge.article import Article
from backends.knowledge.reading import article_files, read_folder
from backends.knowledge.store import ArticleStore, StoreError
from backends.review.queue.examples import Examples, nlu_files, read_examples
from backends.review.queue.exporting import yaml_lines
from backends.review.queue.exporting.plan import Plan
from backends.setup_error import SetupError

_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Places:
    """Where the files lie."""

    nlu: Path
    domain: Path
    knowledge: Path


@dataclass(frozen=True)
class Change:
    """A file before and after; ``before`` is None for a new one."""

    path: Path
    before: str | None
    after: str


@contextmanager
def locked(places: Places, state: Path) -> Iterator[None]:
    """Keep other exports, and servers that change articles, out.

    Raises:
        SetupError: somebody else is at it.
    """
    state.mkdir(parents=True, exist_ok=True)
    places.knowledge.mkdir(parents=True, exist_ok=True)
    try:
        with (
            FileLock(state / "review-export.lock", timeout=_WAIT_SECONDS),
            FileLock(places.knowledge / ".lock", timeout=_WAIT_SECONDS),
        ):
            yield
    except Timeout:
        raise SetupError(
            "Another process is changing the files: try again when it has finished."
        ) from None


def changes(plan: Plan, places: Places, examples: Examples) -> list[Change]:
    """Return the changes that a plan needs, made and checked in a copy.

    Raises:
        SetupError: a file cannot take them; the sentence says what to do.
    """
    before = {path: _read(path) for path in nlu_files(places.nlu)}
    after = dict(before)
    for intent, written in plan.examples.items():
        path = examples.intents[intent].file
        with _named(path):
            after[path] = yaml_lines.add_examples(after[path], intent, written)
    for intent, (file, written) in plan.intents.items():
        path = places.nlu / file
        if path not in after:
            raise SetupError(f"{path} is gone: undo the decision for {intent} or bring it back.")
        with _named(path):
            after[path] = yaml_lines.add_intent(after[path], intent, written)
    if plan.intents:
        before[places.domain] = _read(places.domain)
        with _named(places.domain):
            there = yaml_lines.domain_intents(before[places.domain])
            new = [name for name in plan.intents if name not in there]
            after[places.domain] = (
                yaml_lines.add_to_domain(before[places.domain], new)
                if new
                else before[places.domain]
            )
    found = [
        Change(path, before[path], text) for path, text in after.items() if text != before[path]
    ]
    _check_examples(plan, places, examples, found)
    return found + _articles(plan, places)


def diff(found: list[Change], root: Path) -> str:
    """Return the changes as one unified diff, with paths below a folder where they are."""
    parts: list[str] = []
    for change in found:
        shown = _shown(change.path, root)
        lines = difflib.unified_diff(
            (change.before or "").splitlines(keepends=True),
            change.after.splitlines(keepends=True),
            f"a/{shown}" if change.before is not None else "/dev/null",
            f"b/{shown}",
        )
        for line in lines:
            parts.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(parts)


def replace(found: list[Change]) -> None:
    """Write the files, each at once or not at all.

    Raises:
        SetupError: one was changed since it was read, before any is written; or cannot be written.
    """
    drafts: list[tuple[str, Path]] = []
    try:
        for change in found:
            now = _read(change.path) if change.path.exists() else None
            if now != change.before:
                raise SetupError(f"{change.path} has just been changed: run the export again.")
            drafts.append((_draft(change), change.path))
        for draft, path in drafts:
            os.replace(draft, path)
    except OSError as error:
        raise SetupError(f"The files cannot be written ({error.strerror}).") from None
    finally:
        for draft, _ in drafts:
            Path(draft).unlink(missing_ok=True)


def _draft(change: Change) -> str:
    change.path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=change.path.parent, prefix=f".{change.path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(change.after)
    mode = change.path.stat().st_mode & 0o777 if change.path.exists() else 0o644
    os.chmod(draft, mode)
    return draft


def _check_examples(plan: Plan, places: Places, old: Examples, found: list[Change]) -> None:
    """Read what was written back: all that was there, and what was decided, nothing else."""
    wanted: dict[str, list[str]] = {
        name: [*intent.examples, *plan.examples.get(name, [])]
        for name, intent in old.intents.items()
    }
    wanted |= {name: written for name, (_, written) in plan.intents.items()}
    texts = {change.path: change.after for change in found}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "nlu"
        for path in nlu_files(places.nlu):
            target = copy / path.relative_to(places.nlu)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path in texts:
                target.write_text(texts[path], encoding="utf-8", newline="")
            else:
                shutil.copyfile(path, target)
        new = read_examples(copy)
    same = {name: sorted(one.examples) for name, one in new.intents.items()} == {
        name: sorted(written) for name, written in wanted.items()
    }
    if not same or new.problems != old.problems:
        raise SetupError(
            "The examples could not be written so that they read the same: "
            "nothing was changed. Look for unusual YAML in the NLU data."
        )


def _articles(plan: Plan, places: Places) -> list[Change]:
    if not plan.articles:
        return []
    before: Mapping[str, str] = {
        path.relative_to(places.knowledge).as_posix(): _read(path)
        for path in article_files(places.knowledge)
    }
    problems = read_folder(places.knowledge).problems
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "knowledge"
        for name, text in before.items():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        store = ArticleStore(copy)
        try:
            store.put_all([Article.parse_obj(one) for one in plan.articles.values()])
        except StoreError as error:
            raise SetupError(f"The articles cannot be written: {error}") from None
        if read_folder(copy).problems != problems:
            raise SetupError("The articles could not be written so that they read the same.")
        after = {path.relative_to(copy).as_posix(): _read(path) for path in article_files(copy)}
    return [
        Change(places.knowledge / name, before.get(name), text)
        for name, text in after.items()
        if text != before.get(name)
    ]


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except yaml_lines.CannotWrite as error:
        raise SetupError(f"{path} cannot be changed: {error}") from None


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise SetupError(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}).") from None


def _shown(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix().lstrip("/")
