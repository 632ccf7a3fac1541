"""Any checkpoint of the BERT family, from the files that ``exporting`` made of it.

Neither torch nor transformers is needed to read them.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

from xiaoer.lm.base import (
    Architecture,
    BaseModel,
    FloatArray,
    IntArray,
    Subwords,
    trimmed,
    with_marks,
)
from xiaoer.lm.cache import cached_folder
from xiaoer.lm.checkpoint import Checkpoint
from xiaoer.lm.errors import LanguageModelError
from xiaoer.lm.families import KINDS, PARTS

#: The files of an exported model: description, word embeddings, all other arrays, tokenizer.
MODEL, WORDS, REST, TOKENIZER = "model.json", "words.npy", "rest.safetensors", "tokenizer.json"
#: Part of the cache path: raise it when the files change.
_FORMAT = 2
_METASPACE = "\u2581"


class ExportedModel(BaseModel):
    """A model read from the files of its folder; its word table is memory-mapped."""

    def __init__(self, name: str, folder: Path) -> None:
        """Open the files.

        Raises:
            LanguageModelError: they are damaged.
        """
        self.name = name
        try:
            description = json.loads((folder / MODEL).read_text("utf-8"))
            self.architecture = Architecture(**description["architecture"])
            self.digest = description["digest"]
            self._blocks: list[int] = description["blocks"]
            self._words = np.load(folder / WORDS, mmap_mode="r")
            self._rest = folder / REST
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:
            raise LanguageModelError(
                f"The cached copy of the model {name} in {folder} is damaged: delete that folder "
                "and it is made again."
            ) from error

    def _arrays(self, *names: str) -> list[FloatArray]:
        stored: Any = safe_open(self._rest, "np")
        return [stored.get_tensor(name).astype(np.float32) for name in names]

    def words(self, ids: IntArray) -> FloatArray:
        """Return the word embeddings of ids of any shape: shape + (hidden,)."""
        return np.asarray(self._words[ids], np.float32)

    def positions(self) -> FloatArray:
        """Return what is added at each position, (positions, hidden)."""
        return self._arrays("positions")[0]

    def embedding_norm(self) -> tuple[FloatArray, FloatArray]:
        """Return weight and bias of the normalisation of the embeddings."""
        weight, bias = self._arrays("norm.weight", "norm.bias")
        return weight, bias

    def projection(self) -> tuple[FloatArray, FloatArray] | None:
        """Return weight (hidden, embedding width) and bias of what follows the embeddings."""
        stored: Any = safe_open(self._rest, "np")
        if "projection.weight" not in set(stored.keys()):
            return None
        weight, bias = self._arrays("projection.weight", "projection.bias")
        return weight, bias

    def layer(self, index: int) -> dict[str, FloatArray]:
        """Return the arrays of one layer."""
        names = [f"{part}.{kind}" for part in PARTS for kind in KINDS]
        values = self._arrays(*(f"{self._blocks[index]}.{name}" for name in names))
        return dict(zip(names, values, strict=True))

    def subwords(self, text: str) -> Subwords:
        """Split a text with the model's own tokenizer."""
        # NUL begins the names of special subwords, which a text must not call.
        encoding = self._tokenizer.encode(text.replace("\0", " "), add_special_tokens=False)
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        # The mark of a word's start, alone, is given the place of the word's first character.
        alone = [token == _METASPACE for token in encoding.tokens]
        offsets[alone, 1] = offsets[alone, 0]
        return Subwords(np.array(encoding.ids, np.int64), with_marks(text, trimmed(text, offsets)))


def open_exported(name: str) -> ExportedModel:
    """Open the model ``name``, a folder or a Hugging Face id, exporting it when it is new.

    Raises:
        LanguageModelError: there is no such model, the hub cannot be reached, or the architecture
            is not of the BERT family.
    """
    checkpoint = Checkpoint(name)
    checkpoint.check_folder()
    key = _folder_key(checkpoint.folder) if checkpoint.folder else name.replace("/", "--")

    def fill(folder: Path) -> None:
        command = [sys.executable, "-m", "xiaoer.lm.exporting", name, str(folder)]
        source = str(Path(__file__).parents[2])
        paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(
            command, env=environment, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
            reason = lines[-1] if lines else f"the export ended with status {done.returncode}"
            raise LanguageModelError(reason)

    return ExportedModel(name, cached_folder(f"models-{_FORMAT}/{key}", fill))


def _folder_key(path: Path) -> str:
    """Name a folder by its path and by size and time of its files: a change makes a new export."""
    resolved = path.resolve()
    seen = hashlib.sha256(str(resolved).encode())
    for file in sorted(file for file in resolved.iterdir() if file.is_file()):
        status = file.stat()
        seen.update(f"{file.name}:{status.st_size}:{status.st_mtime_ns};".encode())
    return f"folder-{re.sub(r'[^A-Za-z0-9.-]+', '-', resolved.name)}-{seen.hexdigest()[:16]}"
