"""One run of a kind at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from backends.setup_error import SetupError


@contextmanager
def alone(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock file until the end of the block; its folder is made when it is not there.

    Args:
        lock: the file.
        busy: the sentence for who comes second.

    Raises:
        SetupError: another holds it, or the folder cannot be used.
    """
    held = FileLock(lock)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire(timeout=0)
    except Timeout:
        raise SetupError(busy) from None
    except OSError as error:
        raise SetupError(f"The folder {lock.parent} cannot be used ({error.strerror}).") from None
    try:
        yield
    finally:
        held.release()
