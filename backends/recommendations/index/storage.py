"""An index on disk: one file of safetensors with a checked header, nothing that can run."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open  # type: ignore[attr-defined]
from safetensors.numpy import save_file

from backends.recommendations.factorization.observations import Floats
from backends.recommendations.index.inner_product import MaximumInnerProductIndex

#: Raise it when older files can no longer be read.
FORMAT = 1
FILE = "index.safetensors"


class IndexFileError(Exception):
    """An index cannot be read; says why in one sentence."""


def save(index: MaximumInnerProductIndex, folder: Path) -> None:
    """Write the items to a folder, whole or not at all; the codes are made again by `load`.

    Args:
        index: any.
        folder: made when it is not there.

    Raises:
        OSError: it cannot be written.
    """
    header = _header(index.vectors, index.biases)
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, suffix=".draft")
    os.close(handle)
    try:
        save_file({"vectors": index.vectors, "biases": index.biases}, draft, header)
        os.replace(draft, folder / FILE)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def load(folder: Path) -> MaximumInnerProductIndex:
    """Read what `save` wrote, and build the index anew; the same seed finds the same.

    Raises:
        IndexFileError: there is none, it is damaged, or of another format.
    """
    path = folder / FILE
    try:
        with safe_open(path, framework="np") as file:  # type: ignore[attr-defined]
            header = file.metadata() or {}
            if header["format"] != str(FORMAT):
                raise IndexFileError(
                    f"{path} has format {header['format']}, this version reads {FORMAT}: "
                    "build the index anew."
                )
            vectors, biases = file.get_tensor("vectors"), file.get_tensor("biases")
        if header != _header(vectors, biases):
            raise ValueError("the content is not what the header says")
        return MaximumInnerProductIndex(vectors, biases)
    except FileNotFoundError:
        raise IndexFileError(f"{path} is not there: build the index.") from None
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise IndexFileError(
            f"{path} is damaged ({type(error).__name__}): build the index anew."
        ) from None


def _header(vectors: Floats, biases: Floats) -> dict[str, str]:
    digest = hashlib.sha256()
    for values in (vectors, biases):
        digest.update(np.ascontiguousarray(values).data)
    items, dimension = vectors.shape
    return {
        "format": str(FORMAT),
        "items": str(items),
        "dimension": str(dimension),
        "sha256": digest.hexdigest(),
    }
