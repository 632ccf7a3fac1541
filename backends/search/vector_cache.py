"""Vectors of texts kept on disk by the hash of the text, so that they are made once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray
from tqdm import tqdm

Vectors = NDArray[np.float32]
log = structlog.get_logger("backends.search")

_AT_ONCE = 512


class TextEncoder(Protocol):
    """What of `xiaoer.lm.Encoder` is used here."""

    def encode(self, texts: Sequence[str], kind: str | None = ...) -> Vectors:
        """Return (n, dim) vectors of length 1."""

    def fingerprint(self) -> str:
        """Return what stays the same as long as the vectors do."""


class VectorCache:
    """One file for each encoder in a folder.

    Args:
        folder: where the file lies; made when it is not there.
        name: whose texts they are; part of the file's name.
        encoder: what makes vectors.
        kind: the encoder's prefix of the texts, ``passage`` or ``query``.
    """

    def __init__(
        self, folder: Path, name: str, encoder: TextEncoder, kind: str = "passage"
    ) -> None:
        mark = hashlib.sha256(encoder.fingerprint().encode()).hexdigest()[:16]
        self.path = folder / f"{name}-vectors-{mark}.npz"
        self._encoder = encoder
        self._kind = kind
        self._known = self._load()

    def missing(self, texts: Sequence[str]) -> int:
        """Return how many of the texts have no vector yet."""
        return sum(_key(text) not in self._known for text in texts)

    def vectors(self, texts: Sequence[str], progress: str | None = None) -> Vectors:
        """Return (n, dim) vectors, making and keeping those that are not there yet.

        Args:
            texts: any texts.
            progress: the title of a progress bar on stderr, None for none.

        What no text asks for any more is dropped from the file. A file that cannot be written is
        logged and costs only the time at the next start.
        """
        keys = [_key(text) for text in texts]
        wanted = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._known
        }
        if wanted:
            names = list(wanted)
            bar = tqdm(total=len(names), desc=progress, unit="text", disable=progress is None)
            with bar:
                for at in range(0, len(names), _AT_ONCE):
                    some = names[at : at + _AT_ONCE]
                    made = self._encoder.encode([wanted[key] for key in some], kind=self._kind)
                    self._known.update(zip(some, np.asarray(made, np.float32), strict=True))
                    bar.update(len(some))
        if wanted or len(self._known) > len(set(keys)):
            self._known = {key: self._known[key] for key in keys}
            self._save()
        return np.stack([self._known[key] for key in keys])

    def _load(self) -> dict[str, Vectors]:
        try:
            with np.load(self.path, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
            return dict(zip(keys.tolist(), vectors, strict=True))
        except FileNotFoundError:
            return {}
        except Exception as error:  # numpy and zipfile raise many kinds for a damaged file
            log.warning("the kept vectors cannot be read, they are made again", error=str(error))
            return {}

    def _save(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self.path.parent, suffix=".npz")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(
                        file,
                        keys=np.array(list(self._known)),
                        vectors=np.stack(list(self._known.values())),
                    )
                os.replace(draft, self.path)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError as error:
            log.warning("the vectors cannot be kept", error=error.strerror)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
