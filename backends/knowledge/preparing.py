"""What an index of meaning needs and takes long to make; kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

import structlog
import yaml

from backends.knowledge.article import LANGUAGES
from backends.knowledge.calibration import calibrate
from backends.knowledge.collection import Collection
from backends.knowledge.ranking import Confidence
from backends.knowledge.whitening import Vectors
from backends.search.vector_cache import TextEncoder, VectorCache

log = structlog.get_logger("backends.knowledge")

_BACKGROUND = Path(__file__).with_name("background.yml")
# Part of a kept calibration's name: raise it when the same articles would be calibrated otherwise.
_FORMAT = 1


class Preparation:
    """The vectors of a collection's texts, and how far its answers can be trusted.

    Args:
        folder: where both are kept.
        encoder: what makes vectors.
    """

    def __init__(self, folder: Path, encoder: TextEncoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._cache = VectorCache(folder, "knowledge", encoder, kind="query")

    def missing(self, collection: Collection) -> int:
        """Return how many texts have no vector yet."""
        return self._cache.missing([*collection.texts, *background()])

    def vectors(
        self, collection: Collection, progress: str | None = None
    ) -> tuple[Vectors, Vectors]:
        """Return (texts, dim) and (2 m, dim) the vectors of the texts and of the background."""
        made = self._cache.vectors([*collection.texts, *background()], progress)
        return made[: len(collection.texts)], made[len(collection.texts) :]

    def confidence(self, collection: Collection) -> Confidence:
        """Return the confidence fitted on the collection, fitting it when none is kept."""
        mark = hashlib.sha256(f"{_FORMAT}:{self._encoder.fingerprint()}".encode())
        mark.update("\n".join([*collection.texts, *background()]).encode())
        path = self._folder / "knowledge-confidence.json"
        kept = self.kept_confidence(path, mark.hexdigest())
        if kept is not None:
            return kept
        fitted = calibrate(collection, *self.vectors(collection))
        _keep(path, mark.hexdigest(), fitted)
        return fitted

    @staticmethod
    def kept_confidence(path: Path, mark: str) -> Confidence | None:
        """Return what is kept under a mark, None where nothing is."""
        try:
            content = json.loads(path.read_text(encoding="ascii"))
            if content["mark"] != mark:
                return None
            return Confidence(
                tuple(map(float, content["weights"])),  # type: ignore[arg-type]
                float(content["bias"]),
                float(content["sure"]),
                float(content["near"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


@lru_cache
def background() -> list[str]:
    """Return texts that belong to no article, each in zh and then in en."""
    pairs = yaml.safe_load(_BACKGROUND.read_text(encoding="utf-8"))["pairs"]
    return [pair[language] for pair in pairs for language in LANGUAGES]


def _keep(path: Path, mark: str, confidence: Confidence) -> None:
    content = {
        "mark": mark,
        "weights": confidence.weights,
        "bias": confidence.bias,
        "sure": confidence.sure,
        "near": confidence.near,
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(content), encoding="ascii")
        os.replace(draft, path)
    except OSError as error:
        log.warning("the calibration cannot be kept", error=error.strerror)
