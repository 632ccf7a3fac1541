"""What makes vectors: the encoder of the search, or characters where there is none."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

import numpy as np
import structlog
from numpy.typing import NDArray

from backends.search.settings import SearchSettings
from backends.search.vector_cache import TextEncoder

log = structlog.get_logger("backends.review")

#: Subwords of a message that are read; what follows hardly changes what it is about.
_TOKENS = 96
_AT_ONCE = 64
_WIDTH = 512


class Stopped(Exception):
    """The process ends; the rest is made by another."""


class Characters:
    """Vectors of one to three characters, hashed; for servers without an encoder.

    They tell messages with the same words from others, not those with the same meaning.
    """

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer

        self._hashing = HashingVectorizer(
            analyzer="char", ngram_range=(1, 3), n_features=_WIDTH, norm="l2"
        )

    def encode(
        self, texts: Sequence[str], kind: str | None = None, max_tokens: int = 512
    ) -> NDArray[np.float32]:
        """Return (n, 512) vectors of length 1."""
        del kind, max_tokens
        return self._hashing.transform(texts).toarray().astype(np.float32)

    def fingerprint(self) -> str:
        """What stays the same as long as the vectors do."""
        return f"characters/{_WIDTH}"


class Stoppable:
    """An encoder that gives up between a few texts and the next when its process ends.

    Args:
        encoder: an ``xiaoer.lm.Encoder`` or `Characters`.
        stop: set when the process ends.
    """

    def __init__(self, encoder: TextEncoder, stop: threading.Event) -> None:
        self._encoder = encoder
        self._stop = stop

    @property
    def mark(self) -> str:
        """A short name of the fingerprint."""
        return hashlib.sha256(self.fingerprint().encode()).hexdigest()[:16]

    def fingerprint(self) -> str:
        """What stays the same as long as the vectors do."""
        return f"{self._encoder.fingerprint()}:{_TOKENS}"

    def encode(self, texts: Sequence[str], kind: str | None = "query") -> NDArray[np.float32]:
        """Return (n, dim) vectors of length 1.

        Raises:
            Stopped: the process ends.
        """
        made = []
        for at in range(0, len(texts), _AT_ONCE):
            if self._stop.is_set():
                raise Stopped
            some = texts[at : at + _AT_ONCE]
            made.append(self._encoder.encode(some, kind=kind, max_tokens=_TOKENS))  # type: ignore[call-arg]
        return np.concatenate(made) if made else np.zeros((0, 0), np.float32)


def open_encoder(settings: SearchSettings, stop: threading.Event, threads: int = 1) -> Stoppable:
    """Load the encoder of the search; one that cannot be loaded is logged and done without."""
    if settings.encoder:
        from xiaoer.lm import Encoder, LanguageModelError

        try:
            return Stoppable(Encoder.load(settings.encoder, threads=threads), stop)
        except LanguageModelError as error:
            log.warning("messages are grouped by characters", error=str(error))
    return Stoppable(Characters(), stop)
