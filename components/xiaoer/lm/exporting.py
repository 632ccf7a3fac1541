"""Turns a checkpoint once into files that need neither transformers nor torch.

``python -m xiaoer.lm.exporting NAME FOLDER`` writes the files; it runs as a process of its own, so
that a server which meets a new model stays free of torch.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from xiaoer.lm.base import Architecture, FloatArray
from xiaoer.lm.checkpoint import Checkpoint
from xiaoer.lm.errors import LanguageModelError
from xiaoer.lm.exported import MODEL, REST, TOKENIZER, WORDS
from xiaoer.lm.families import FAMILIES
from xiaoer.lm.fast_tokenizer import read_tokenizer

_WORDS = "embeddings.word_embeddings.weight"
_ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_new",
    "gelu_pytorch_tanh": "gelu_new",
    "relu": "relu",
}
#: Bytes; what one graph, a single protobuf message, can hold.
_GRAPH_LIMIT = 2**31 - 2**20


def export(name: str, folder: Path) -> None:
    """Write the model's files into an empty folder, using transformers and torch.

    Raises:
        LanguageModelError: the checkpoint cannot be fetched or read, is not whole, or computes
            something that a BERT does not.
    """
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    checkpoint = Checkpoint(name)
    config = checkpoint.read(transformers.AutoConfig)
    checkpoint.check_type(config.model_type)
    activation = _activation(name, config)
    arrays = _arrays(checkpoint)
    family = FAMILIES[config.model_type]
    tokenizer, start, end = read_tokenizer(checkpoint, len(arrays[_WORDS]))
    rest = family.embeddings(arrays, config)
    order = family.layers(config)
    # A layer that is used several times is kept once.
    distinct = list(dict.fromkeys(order))
    for at, prefix in enumerate(distinct):
        layer = family.layer(arrays, prefix)
        rest |= {f"{at}.{part}": values for part, values in layer.items()}
    query, passage = _prefixes(checkpoint)
    architecture = Architecture(
        hidden=len(rest["0.q.weight"]),
        layers=len(order),
        heads=config.num_attention_heads,
        intermediate=len(rest["0.up.weight"]),
        positions=len(rest["positions"]),
        epsilon=float(getattr(config, "layer_norm_eps", 1e-12)),
        activation=activation,
        start_id=start,
        end_id=end,
        query_prefix=query,
        passage_prefix=passage,
    )
    _check_size(name, architecture)
    tokenizer.save(str(folder / TOKENIZER))
    np.save(folder / WORDS, arrays[_WORDS].astype(np.float16))
    save_file(
        {key: np.ascontiguousarray(value, np.float16) for key, value in rest.items()},
        folder / REST,
    )
    described = {
        "architecture": asdict(architecture),
        "blocks": [distinct.index(prefix) for prefix in order],
    }
    seen = hashlib.sha256(json.dumps(described, sort_keys=True).encode())
    for file in (TOKENIZER, WORDS, REST):
        seen.update((folder / file).read_bytes())
    (folder / MODEL).write_text(json.dumps({**described, "digest": seen.hexdigest()}), "utf-8")


def _activation(name: str, config: Any) -> str:
    """Return the activation by our name, after a look at what would change the layers."""
    said = str(getattr(config, "hidden_act", None) or config.activation)
    activation = _ACTIVATIONS.get(said)
    if activation is None:
        raise LanguageModelError(
            f"The model {name} uses the activation {said}, which is not supported: use a model "
            f"with {', '.join(_ACTIVATIONS)}."
        )
    kind = getattr(config, "position_embedding_type", None) or "absolute"
    if kind != "absolute":
        raise LanguageModelError(
            f"The model {name} has positions of the kind {kind}, which is not supported: use one "
            "with absolute positions."
        )
    if getattr(config, "is_decoder", False):
        raise LanguageModelError(
            f"The model {name} reads from left to right only (is_decoder in its config.json), "
            "which is not supported: use an encoder."
        )
    return activation


def _arrays(checkpoint: Checkpoint) -> dict[str, FloatArray]:
    """Return the float32 arrays of the encoder, all of them found in the checkpoint."""
    import torch
    import transformers

    model, report = checkpoint.read(transformers.AutoModel, output_loading_info=True)
    # transformers fills what is missing with random numbers. Nothing here reads the pooler.
    missing = sorted(key for key in report["missing_keys"] if not key.startswith("pooler."))
    if missing:
        raise LanguageModelError(
            f"The weights of {checkpoint.name} are not whole: {missing[0]} and "
            f"{len(missing) - 1} more are missing, so save or download the model again."
            if len(missing) > 1
            else f"The weights of {checkpoint.name} are not whole: {missing[0]} is missing, so "
            "save or download the model again."
        )
    state = model.to(torch.float32).state_dict()
    return {key: value.detach().numpy() for key, value in state.items()}


def _check_size(name: str, architecture: Architecture) -> None:
    hidden, wide = architecture.hidden, architecture.intermediate
    if architecture.layers * (4 * hidden * hidden + 2 * hidden * wide) > _GRAPH_LIMIT:
        raise LanguageModelError(
            f"The model {name} is too large to be run here ({architecture.layers} layers, "
            f"{hidden} wide): use one of base or large size."
        )


def _prefixes(checkpoint: Checkpoint) -> tuple[str, str]:
    """Return what the model wants before queries and passages.

    sentence-transformers writes it into a file of its own; the E5 family, which was published
    without that file, is known by its name.
    """
    path = checkpoint.file("config_sentence_transformers.json")
    if path is not None:
        try:
            prompts = json.loads(path.read_text("utf-8")).get("prompts") or {}
            query, passage = prompts.get("query"), prompts.get("passage", prompts.get("document"))
        except (ValueError, AttributeError) as error:
            raise LanguageModelError(
                f"The file {path.name} of {checkpoint.name} is damaged: correct or delete it."
            ) from error
        if query or passage:
            return query or "", passage or ""
    if re.search(r"(^|[-_/])e5([-_]|$)", checkpoint.name.rstrip("/").lower()):
        return "query: ", "passage: "
    return "", ""


def main() -> int:
    """Export; an error is one line on standard error."""
    name, folder = sys.argv[1:]
    try:
        export(name, Path(folder))
    except LanguageModelError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
