"""A trained model of all groups, kept in one file that is replaced at once or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError  # type: ignore[attr-defined]
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from backends.customers.profiles.figures import Figures
from backends.customers.profiles.protected import ProtectedWords
from backends.customers.profiles.softmax import Softmax
from backends.customers.profiles.text_space import TextSpace
from backends.customers.profiles.vectorizer import Vectorizer
from backends.setup_error import SetupError

# Raise it when the file is written otherwise or the features mean something else.
FORMAT = 1
FILE = Path("customers") / "profiles.safetensors"
_RETRAIN = "run `xiaoer customers train`"


@dataclass(frozen=True)
class TagName:
    """A tag with its names, as the file of tags had them at the training."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Classifier:
    """The softmax of an exclusive group, or that of one tag against not having it.

    Attributes:
        group: id of the group.
        tags: of each class; None where the class means that the tag is not there.
    """

    group: str
    tags: tuple[TagName | None, ...]
    softmax: Softmax


@dataclass(frozen=True)
class ProfileModel:
    """What turns customers into tags.

    Attributes:
        encoder: fingerprint of the text encoder; "" when it was trained without one.
        protected: words whose messages are not read.
        figures: by group.
        trained: when, in ISO 8601.
        digest: of everything in the file; "" until it was saved.
    """

    vectorizer: Vectorizer
    classifiers: tuple[Classifier, ...]
    encoder: str
    protected: ProtectedWords
    figures: Mapping[str, Figures]
    trained: str
    digest: str = field(default="", compare=False)

    def save(self, path: Path) -> None:
        """Write it in the place of what is there.

        Raises:
            SetupError: it cannot be written; what was there is as before.
        """
        tensors = self._tensors()
        head = json.dumps(self._head(), ensure_ascii=False, sort_keys=True)
        written = save_tensors(tensors, {"head": head, "digest": _digest(head, tensors)})
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(written)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(draft, path)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise SetupError(f"The model {path} cannot be written ({error.strerror}).") from None

    @classmethod
    def load(cls, path: Path) -> ProfileModel:
        """Read a model.

        Raises:
            SetupError: there is none, it is damaged or of another format.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise SetupError(f"There is no model {path}: {_RETRAIN}.") from None
        except OSError as error:
            raise SetupError(f"The model {path} cannot be read ({error.strerror}).") from None
        try:
            metadata = _metadata(content)
            head = json.loads(metadata["head"])
            version = head["format"]
            tensors = load_tensors(content)
        except (SafetensorError, ValueError, KeyError, TypeError, AttributeError):
            raise SetupError(f"The model {path} is damaged: {_RETRAIN}.") from None
        if version != FORMAT:
            raise SetupError(f"The model {path} is of another version of Xiaoer: {_RETRAIN}.")
        if metadata.get("digest") != _digest(metadata["head"], tensors):
            raise SetupError(f"The model {path} is damaged: {_RETRAIN}.")
        return cls._from(head, tensors, metadata["digest"])

    def _head(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "names": self.vectorizer.names,
            "classifiers": [
                {"group": one.group, "tags": [tag and asdict(tag) for tag in one.tags]}
                for one in self.classifiers
            ],
            "encoder": self.encoder,
            "protected": self.protected.dict(),
            "figures": {group: asdict(figures) for group, figures in self.figures.items()},
            "trained": self.trained,
        }

    def _tensors(self) -> dict[str, np.ndarray]:
        vectorizer = self.vectorizer
        tensors: dict[str, np.ndarray] = {
            "mean": vectorizer.mean,
            "scale": vectorizer.scale,
            "bought.scale": vectorizer.bought_scale,
            "said.scale": vectorizer.said_scale,
        }
        for name in ("bought", "said"):
            space: TextSpace = getattr(vectorizer, name)
            tensors[f"{name}.centres"] = space.centres
            tensors[f"{name}.directions"] = space.directions
        for at, one in enumerate(self.classifiers):
            tensors[f"weights.{at}"] = one.softmax.weights
            tensors[f"bias.{at}"] = one.softmax.bias
        return {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}

    @classmethod
    def _from(
        cls, head: Mapping[str, Any], tensors: Mapping[str, np.ndarray], digest: str
    ) -> ProfileModel:
        spaces = {
            name: TextSpace(tensors[f"{name}.centres"], tensors[f"{name}.directions"])
            for name in ("bought", "said")
        }
        return cls(
            vectorizer=Vectorizer(
                names=tuple(head["names"]),
                mean=tensors["mean"],
                scale=tensors["scale"],
                bought=spaces["bought"],
                said=spaces["said"],
                bought_scale=tensors["bought.scale"],
                said_scale=tensors["said.scale"],
            ),
            classifiers=tuple(
                Classifier(
                    one["group"],
                    tuple(tag and TagName(**tag) for tag in one["tags"]),
                    Softmax(tensors[f"weights.{at}"], tensors[f"bias.{at}"]),
                )
                for at, one in enumerate(head["classifiers"])
            ),
            encoder=head["encoder"],
            protected=ProtectedWords(**head["protected"]),
            figures={group: Figures(**some) for group, some in head["figures"].items()},
            trained=head["trained"],
            digest=digest,
        )


def _metadata(content: bytes) -> dict[str, str]:
    """Return the metadata in the header of a safetensors file."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])["__metadata__"]


def _digest(head: str, tensors: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256(head.encode("utf-8"))
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name}:{tensor.dtype}:{tensor.shape}\n".encode())
        digest.update(tensor.tobytes())
    return digest.hexdigest()
