"""Any BERT-family model of transformers, turned once into files that need neither it nor torch.

``python -m xiaoer.lm.exported NAME FOLDER`` writes the files; it runs as a process of its own, so
that a server which meets a new model stays free of torch.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from xiaoer.lm.base import Architecture, BaseModel, FloatArray, IntArray, Subwords, trimmed
from xiaoer.lm.cache import cached_folder
from xiaoer.lm.errors import LanguageModelError

#: Model types whose layers are those of BERT, as transformers calls them.
SUPPORTED = ("bert", "roberta", "xlm-roberta", "camembert")
_FORMAT = 1
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "attention": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "output_norm": "output.LayerNorm",
}
_ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_new",
    "gelu_pytorch_tanh": "gelu_new",
    "relu": "relu",
}


class ExportedModel(BaseModel):
    """A model read from the files that ``export`` wrote; its word table is memory-mapped."""

    def __init__(self, name: str, folder: Path) -> None:
        """Open the files.

        Raises:
            LanguageModelError: they are damaged.
        """
        self.name = name
        try:
            description = json.loads((folder / "model.json").read_text("utf-8"))
            self.architecture = Architecture(**description["architecture"])
            self.digest = description["digest"]
            self._words = np.load(folder / "words.npy", mmap_mode="r")
            self._rest = folder / "rest.safetensors"
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
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

    def layer(self, index: int) -> dict[str, FloatArray]:
        """Return the arrays of one layer."""
        names = [f"{part}.{kind}" for part in _PARTS for kind in ("weight", "bias")]
        values = self._arrays(*(f"{index}.{name}" for name in names))
        return dict(zip(names, values, strict=True))

    def subwords(self, text: str) -> Subwords:
        """Split a text with the model's own tokenizer."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        return Subwords(np.array(encoding.ids, np.int64), trimmed(text, offsets))


def open_exported(name: str) -> ExportedModel:
    """Open the model ``name``, a folder or a Hugging Face id, exporting it when it is new.

    Raises:
        LanguageModelError: there is no such model, the hub cannot be reached, or the architecture
            is not of the BERT family.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise LanguageModelError(
                f"The folder {name} holds no model: it needs config.json, the weights and the "
                "tokenizer, as written by save_pretrained."
            )
        _check_type(name, _said_type(path))
        key = _folder_key(path)
    elif _is_hub_id(name):
        key = re.sub(r"[^A-Za-z0-9.-]+", "--", name)
    else:
        raise LanguageModelError(
            f'There is no model "{name}": write `bundled`, the path of a folder that holds a '
            "model, or a Hugging Face id such as bert-base-chinese."
        )

    def fill(folder: Path) -> None:
        command = [sys.executable, "-m", "xiaoer.lm.exported", name, str(folder)]
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


def _said_type(path: Path) -> str | None:
    try:
        return json.loads((path / "config.json").read_text("utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise LanguageModelError(
            f"The folder {path} cannot be read as a model: its config.json is damaged."
        ) from error


def _check_type(name: str, model_type: str | None) -> None:
    if model_type not in SUPPORTED:
        raise LanguageModelError(
            f"The model {name} is of type {model_type}, which is not supported: use one of type "
            f"{', '.join(SUPPORTED)}."
        )


def _is_hub_id(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", name))


def _folder_key(path: Path) -> str:
    """Name a folder by its path and by size and time of its files: a change makes a new export."""
    resolved = path.resolve()
    seen = hashlib.sha256(str(resolved).encode())
    for file in sorted(file for file in resolved.iterdir() if file.is_file()):
        status = file.stat()
        seen.update(f"{file.name}:{status.st_size}:{status.st_mtime_ns};".encode())
    return f"folder-{re.sub(r'[^A-Za-z0-9.-]+', '-', resolved.name)}-{seen.hexdigest()[:16]}"


def export(name: str, folder: Path) -> None:
    """Write the model's files into an empty folder, using transformers and torch.

    Raises:
        LanguageModelError: as ``open_exported``.
    """
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    config = _from_transformers(name, transformers.AutoConfig)
    _check_type(name, config.model_type)
    activation = _ACTIVATIONS.get(str(config.hidden_act))
    if activation is None:
        raise LanguageModelError(
            f"The model {name} uses the activation {config.hidden_act}, which is not supported: "
            f"use a model with {', '.join(_ACTIVATIONS)}."
        )
    tokenizer = _from_transformers(name, transformers.AutoTokenizer)
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise LanguageModelError(
            f"The model {name} has no fast tokenizer: save one with "
            "AutoTokenizer.from_pretrained(...).save_pretrained(...)."
        )
    model = _from_transformers(name, transformers.AutoModel).to(torch.float32)
    arrays = {key: value.detach().numpy() for key, value in model.state_dict().items()}
    # RoBERTa counts positions from the padding id on.
    first = 0 if config.model_type == "bert" else int(config.pad_token_id) + 1
    positions = (
        arrays["embeddings.position_embeddings.weight"][first:]
        + arrays["embeddings.token_type_embeddings.weight"][0]
    )
    rest = {
        "positions": positions,
        "norm.weight": arrays["embeddings.LayerNorm.weight"],
        "norm.bias": arrays["embeddings.LayerNorm.bias"],
    }
    for index in range(config.num_hidden_layers):
        for ours, theirs in _PARTS.items():
            for kind in ("weight", "bias"):
                rest[f"{index}.{ours}.{kind}"] = arrays[f"encoder.layer.{index}.{theirs}.{kind}"]
    query, passage = _prefixes(name)
    architecture = Architecture(
        hidden=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        intermediate=config.intermediate_size,
        positions=len(positions),
        epsilon=float(config.layer_norm_eps),
        activation=activation,
        start_id=_special(tokenizer.cls_token_id, tokenizer.bos_token_id),
        end_id=_special(tokenizer.sep_token_id, tokenizer.eos_token_id),
        query_prefix=query,
        passage_prefix=passage,
    )
    backend.no_truncation()
    backend.no_padding()
    backend.save(str(folder / "tokenizer.json"))
    np.save(folder / "words.npy", arrays["embeddings.word_embeddings.weight"].astype(np.float16))
    save_file(
        {key: np.ascontiguousarray(value, np.float16) for key, value in rest.items()},
        folder / "rest.safetensors",
    )
    described = json.dumps(asdict(architecture), sort_keys=True)
    seen = hashlib.sha256(described.encode())
    for file in ("tokenizer.json", "words.npy", "rest.safetensors"):
        seen.update((folder / file).read_bytes())
    (folder / "model.json").write_text(
        json.dumps({"architecture": asdict(architecture), "digest": seen.hexdigest()}), "utf-8"
    )


def _special(*candidates: int | None) -> int:
    found = next((candidate for candidate in candidates if candidate is not None), None)
    if found is None:
        raise LanguageModelError(
            "The model's tokenizer names no subword that starts or ends a text ([CLS], [SEP])."
        )
    return int(found)


def _prefixes(name: str) -> tuple[str, str]:
    """Return what the model wants before queries and passages.

    sentence-transformers writes it into a file of its own; the E5 family, which was published
    without that file, is known by its name.
    """
    path = Path(name).expanduser() / "config_sentence_transformers.json"
    if path.is_file():
        prompts = json.loads(path.read_text("utf-8")).get("prompts") or {}
        return prompts.get("query") or "", prompts.get("passage") or prompts.get("document") or ""
    if re.search(r"(^|[-_/])e5([-_]|$)", name.rstrip("/").lower()):
        return "query: ", "passage: "
    return "", ""


def _from_transformers(name: str, auto: Any) -> Any:
    try:
        if Path(name).expanduser().is_dir():
            return auto.from_pretrained(str(Path(name).expanduser()), local_files_only=True)
        return auto.from_pretrained(name)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise LanguageModelError(_why_not(name, error)) from error


def _why_not(name: str, error: Exception) -> str:
    if Path(name).expanduser().is_dir():
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        return f"The folder {name} cannot be read as a model: {first}"
    said = str(error).lower()
    if any(word in said for word in ("not a valid model identifier", "404", "repository not")):
        return (
            f'The Hugging Face hub has no model "{name}": check the name, or write `bundled` or '
            "the path of a folder."
        )
    return (
        f"The model {name} could not be fetched from the Hugging Face hub: check the connection, "
        "or download it elsewhere and give the path of its folder, or use `bundled`."
    )


def main() -> int:
    """Export; an error is one line on standard error."""
    name, folder = sys.argv[1:]
    try:
        export(name, Path(folder))
    except LanguageModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
