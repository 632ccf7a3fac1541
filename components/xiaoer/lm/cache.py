"""Files that are made once and shared by every process of one user.

The folder is ``$XIAOER_CACHE_DIR``, else the platform's cache folder for ``xiaoer``. An entry
appears whole or not at all: it is written beside its place and renamed into it, so processes that
make the same entry at once do the work twice and never read half a file.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_dir

from xiaoer.lm.errors import LanguageModelError

CACHE_VARIABLE = "XIAOER_CACHE_DIR"


def cache_dir() -> Path:
    """Return the cache folder, which need not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path(user_cache_dir("xiaoer"))


def cached_file(relative: str, make: Callable[[], bytes]) -> Path:
    """Return the cache file ``relative``, writing what ``make`` returns when it is not there.

    Raises:
        LanguageModelError: the cache folder cannot be written.
    """
    path = cache_dir() / relative
    if path.is_file():
        return path
    content = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(error) from error
    return path


def cached_folder(relative: str, fill: Callable[[Path], None]) -> Path:
    """Return the cache folder ``relative``, made by ``fill(empty folder)`` when it is not there.

    Raises:
        LanguageModelError: the cache folder cannot be written.
    """
    path = cache_dir() / relative
    if path.is_dir():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise _unwritable(error) from error
    try:
        fill(temporary)
        try:
            temporary.rename(path)
        except OSError as error:
            # Another process was quicker: its entry is as good as ours.
            if not path.is_dir():
                raise _unwritable(error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return path


def _unwritable(error: OSError) -> LanguageModelError:
    return LanguageModelError(
        f"The model cache {cache_dir()} cannot be written ({error.strerror}): free some space or "
        f"set {CACHE_VARIABLE} to a folder that can be written."
    )
