"""Which examples a model was trained on: hashes kept beside the project, for an archive tells nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from xiaoer.archives import metadata
from xiaoer.learning.logs.cleaning import key_of
from xiaoer.learning.logs.existing import existing_examples

FOLDER = Path(".xiaoer/trained-on")
_KEPT = 30


def hash_of(text: str) -> str:
    """Return what texts share that differ in case, punctuation and numbers only."""
    return hashlib.sha256(key_of(text).encode("utf-8", "replace")).hexdigest()[:24]


def hashes_of(project: Path) -> frozenset[str]:
    """Return the hashes of the examples that the project's files have now."""
    return frozenset(
        hash_of(text) for texts in existing_examples(project).values() for text in texts
    )


def note_seen(project: Path, archive: Path, hashes: Iterable[str]) -> None:
    """Remember what a model was trained on.

    Raises:
        ArchiveError: The archive is not whole.
    """
    folder = project / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{metadata(archive)['model_id']}.json"
    path.write_text(json.dumps(sorted(hashes)))
    for old in sorted(folder.glob("*.json"), key=lambda each: each.stat().st_mtime)[:-_KEPT]:
        old.unlink(missing_ok=True)


def seen_by(project: Path, archive: Path) -> frozenset[str] | None:
    """Return the hashes of the examples that a model was trained on, or None when nobody noted.

    Raises:
        ArchiveError: The archive is not whole.
    """
    path = project / FOLDER / f"{metadata(archive)['model_id']}.json"
    try:
        return frozenset(json.loads(path.read_text()))
    except (OSError, ValueError):
        return None
