"""Model archives in a folder: which one serves, whether it is whole, and how one is put in service.

The newest archive of `models/` serves, by the time it was last written: that is what `rasa run`,
`rasa shell` and the action server's generator go by. Nothing here imports Rasa.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Where Rasa keeps what it knows of a model, in the archive.
METADATA = "metadata.json"
_MOST_METADATA = 256 << 20
_CHUNK = 1 << 20


class ArchiveError(Exception):
    """An archive is not a whole Rasa model; the message is one clear sentence."""


@dataclass(frozen=True)
class Archive:
    """One state of a file: what is written anew is another.

    Attributes:
        path: Where it lies.
        size: Its bytes.
        written: When it was last written, in nanoseconds since 1970.
    """

    path: Path
    size: int
    written: int

    @classmethod
    def of(cls, path: Path) -> Archive:
        """Return the present state of a file.

        Raises:
            OSError: It is not there.
        """
        status = path.stat()
        return cls(path, status.st_size, status.st_mtime_ns)


def newest(models: Path) -> Archive | None:
    """Return the newest archive of a folder, or None when there is none."""
    found = []
    for path in models.glob("*.tar.gz"):
        try:
            found.append(Archive.of(path))
        except OSError:
            continue  # it went away meanwhile
    return max(found, key=lambda archive: archive.written, default=None)


def check_whole(path: Path) -> None:
    """Read an archive to its end and check sum.

    Raises:
        ArchiveError: It is cut short, damaged, or cannot be read.
    """
    with _told(path), gzip.open(path) as stream:
        while stream.read(_CHUNK):
            pass


def metadata(path: Path) -> dict[str, Any]:
    """Return what Rasa wrote about a model, having read the archive to its end and check sum.

    Raises:
        ArchiveError: The archive is cut short, damaged, or no model of Rasa 3.
    """
    check_whole(path)
    with _told(path), tarfile.open(path, "r:gz") as tar:
        for member in tar:
            if member.name.removeprefix("./") != METADATA or not member.isfile():
                continue
            if member.size > _MOST_METADATA:
                break
            content = tar.extractfile(member)
            assert content is not None
            read = json.loads(content.read())
            if isinstance(read, dict) and read.get("model_id"):
                return read
    raise ArchiveError(f"{path.name} is no model of Rasa 3: it does not say which model it is.")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one sentence why an archive cannot be read."""
    try:
        yield
    except EOFError as error:
        raise ArchiveError(
            f"The model {path.name} is cut short: train or copy it again."
        ) from error
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, ValueError, RecursionError) as error:
        raise ArchiveError(f"The model {path.name} is damaged: train or copy it again.") from error
    except OSError as error:
        raise ArchiveError(
            f"The model {path} cannot be read ({error.strerror or error})."
        ) from error


def put_in_service(archive: Path, models: Path) -> Path:
    """Make a model the newest of `models`, at once and whole: nobody sees half of it.

    A model that lies in `models` already, an earlier one, keeps its name and becomes the newest.

    Returns:
        Where it lies now.

    Raises:
        ArchiveError: The archive is not whole, or cannot be written there.
    """
    metadata(archive)
    target = models / archive.name
    try:
        models.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.resolve() != archive.resolve():
            raise ArchiveError(
                f"{models} has another model called {archive.name}: rename one of them."
            )
        # Not named like an archive until it is whole.
        descriptor, temporary = tempfile.mkstemp(prefix=f".{archive.name}.", dir=models)
        try:
            with archive.open("rb") as source, os.fdopen(descriptor, "wb") as copy:
                shutil.copyfileobj(source, copy, _CHUNK)
                copy.flush()
                os.fsync(copy.fileno())
            os.chmod(temporary, 0o644)
            _make_newest(Path(temporary), models)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ArchiveError(
            f"The model cannot be put into {models} ({error.strerror or error})."
        ) from error
    return target


def _make_newest(path: Path, models: Path) -> None:
    """A clock that was set back must not leave an older model the newest."""
    latest = newest(models)
    now = path.stat().st_mtime_ns
    if latest and latest.written >= now:
        later = latest.written + 1_000_000_000
        os.utime(path, ns=(later, later))
