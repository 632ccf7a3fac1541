"""A trained model in one file: safetensors with a checked header, nothing that can run."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open  # type: ignore[attr-defined]
from safetensors.numpy import save_file

from backends.recommendations.factorization.implicit import Strength
from backends.recommendations.factorization.model import HybridMatrixFactorization
from backends.recommendations.factorization.prior import LinearPrior

#: Raise it when older files can no longer be read.
FORMAT = 1
_PRIORS = ("item_prior", "user_prior")
_ARRAYS = ("item_vectors", "item_biases")
_OF_RATINGS = ("user_precision", "item_variances")


class ModelFileError(Exception):
    """A model's file cannot be read; says why in one sentence."""


@dataclass(frozen=True)
class Archive:
    """A model and what belongs to it.

    Attributes:
        model: it.
        items: (items,) product ids, in the order of its vectors.
        about: anything that JSON holds: metrics, when it was trained, on what.
    """

    model: HybridMatrixFactorization
    items: tuple[str, ...]
    about: Mapping[str, Any]

    def __post_init__(self) -> None:
        if len(self.items) != len(self.model.item_vectors):
            raise ValueError("there must be one product id for each item's vector.")


def save(archive: Archive, path: Path) -> None:
    """Write the file, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    model = archive.model
    arrays = {name: getattr(model, name) for name in _ARRAYS}
    for name in _PRIORS:
        arrays |= {f"{name}.{part}": value for part, value in vars(getattr(model, name)).items()}
    if model.kind == "ratings":
        arrays |= {name: getattr(model, name) for name in _OF_RATINGS}
    header = {
        "format": FORMAT,
        "kind": model.kind,
        "mean": model.mean,
        "noise": model.noise,
        "strength": asdict(model.strength) if model.strength else None,
        "items": archive.items,
        "about": archive.about,
    }
    tensors = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    written = json.dumps(header, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    os.close(handle)
    try:
        save_file(tensors, draft, {"header": written, "sha256": _digest(written, tensors)})
        with open(draft, "rb") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def load(path: Path) -> Archive:
    """Read a file that `save` wrote.

    Raises:
        ModelFileError: there is none, it is damaged, or of another format.
    """
    try:
        with safe_open(path, framework="np") as file:  # type: ignore[attr-defined]
            metadata = file.metadata() or {}
            header = json.loads(metadata["header"])
            if header["format"] != FORMAT:
                raise ModelFileError(
                    f"{path.name} has format {header['format']}, this version reads {FORMAT}: "
                    "train a new model."
                )
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if metadata["sha256"] != _digest(metadata["header"], arrays):
            raise ValueError("the content is not what was written")
        return _assembled(header, arrays)
    except FileNotFoundError:
        raise ModelFileError(f"{path} is not there.") from None
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({type(error).__name__}).") from None
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"{path.name} is damaged or no model ({type(error).__name__}): train a new model."
        ) from None


def _digest(header: str, arrays: Mapping[str, np.ndarray]) -> str:
    """Hash all that is kept: a bit that changed in a vector would show in nothing else."""
    digest = hashlib.sha256(header.encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()


def _assembled(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Archive:
    item_prior, user_prior = (
        LinearPrior(*(arrays[f"{name}.{part}"] for part in ("weights", "intercept", "centre")))
        for name in _PRIORS
    )
    strength = header["strength"]
    of_ratings = _OF_RATINGS if header["kind"] == "ratings" else ()
    model = HybridMatrixFactorization(
        kind=header["kind"],
        mean=header["mean"],
        item_vectors=arrays["item_vectors"],
        item_biases=arrays["item_biases"],
        item_prior=item_prior,
        user_prior=user_prior,
        strength=Strength(**strength) if strength else None,
        noise=header["noise"],
        **{name: arrays[name] for name in of_ratings},
    )
    return Archive(model, tuple(header["items"]), header["about"])
