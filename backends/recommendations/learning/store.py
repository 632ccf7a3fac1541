"""Trained models on disk: which one serves, which were there before."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from backends.alone import alone
from backends.recommendations.factorization.archive import Archive, load, save
from backends.setup_error import SetupError

#: Models kept beside the one that serves.
KEPT = 5
_SUFFIX = ".safetensors"


class ModelStore:
    """A folder of models, of which the file ``current.json`` names the one that serves.

    All changes are whole or not at all: a training that is killed leaves the old model serving.

    Args:
        state: the folder for what programs make.
    """

    def __init__(self, state: Path) -> None:
        self.folder = state / "recommendations"
        self.pointer = self.folder / "current.json"

    def current(self) -> str | None:
        """Return the name of the model that serves, None when there is none."""
        try:
            named = json.loads(self.pointer.read_text(encoding="utf-8"))["model"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return str(named)

    def names(self) -> list[str]:
        """Return the names of all models, the newest first."""
        return sorted((path.stem for path in self.folder.glob(f"*{_SUFFIX}")), reverse=True)

    def load(self, name: str) -> Archive:
        """Read a model.

        Raises:
            ModelFileError: there is none of that name, or its file is damaged or of another format.
        """
        return load(self._path(name))

    def add(self, archive: Archive, moment: datetime) -> str:
        """Keep a model that does not serve yet, and return its name.

        Raises:
            SetupError: the folder cannot be written.
        """
        name = f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        try:
            save(archive, self._path(name))
        except OSError as error:
            raise SetupError(
                f"The model cannot be written into {self.folder} ({error.strerror}): "
                "make room or set XIAOER_STATE_DIR."
            ) from None
        return name

    def promote(self, name: str) -> None:
        """Let a model serve from now on, and forget the oldest.

        Raises:
            SetupError: there is no such model, or the folder cannot be written.
        """
        if name not in self.names():
            raise SetupError(f"There is no model {name}: see `xiaoer recommend models`.")
        draft = self.pointer.with_suffix(f".{os.getpid()}.draft")
        try:
            draft.write_text(json.dumps({"model": name}), encoding="utf-8")
            os.replace(draft, self.pointer)
        except OSError as error:
            raise SetupError(f"{self.pointer} cannot be written ({error.strerror}).") from None
        self.forget(keep=name)

    def forget(self, keep: str | None) -> None:
        """Delete the oldest models, but for the one that serves, and what killed trainings left."""
        others = [name for name in self.names() if name != keep]
        for name in others[KEPT:]:
            self._path(name).unlink(missing_ok=True)
        for draft in self.folder.glob("*.draft"):
            draft.unlink(missing_ok=True)

    def training(self) -> AbstractContextManager[None]:
        """Hold the lock of the one training there may be; see `alone` for errors."""
        return alone(
            self.folder / "training.lock",
            "Another training of the recommendations is running: wait until it has ended.",
        )

    def about(self, name: str) -> dict[str, Any]:
        """Return what was noted about a model when it was trained; see `load` for errors."""
        return dict(self.load(name).about)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"
