"""The folder of a causal language model: what lies in it, and what of it was written by us.

``config.json`` and ``model.safetensors`` are as ``save_pretrained`` writes them, ``tokenizer.json``
as ``tokenizers`` does; ``generator.json`` says how the model was trained and how it is to be
decoded. A folder of anybody's without ``generator.json`` can be read too.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xiaoer.lm.causal_layout import Layout
from xiaoer.lm.decoding import Decoding
from xiaoer.lm.generator import GeneratorError

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
DESCRIPTION = "generator.json"
#: Raise it when a folder of the older kind can no longer be read.
FORMAT = 1
#: Longest prompt and reply together of a model that allows more, in tokens.
LONGEST = 2048


def write_description(folder: Path, decoding: Decoding, about: dict[str, Any]) -> None:
    """Write generator.json; ``about`` is JSON that says how the model was made."""
    said = {"format": FORMAT, "decoding": asdict(decoding), "about": about}
    text = json.dumps(said, ensure_ascii=False, indent=1)
    (folder / DESCRIPTION).write_text(text + "\n", "utf-8")


def read_description(folder: Path) -> dict[str, Any] | None:
    """Return what generator.json says; None when there is none.

    Raises:
        GeneratorError: it is damaged or of another format.
    """
    path = folder / DESCRIPTION
    if not path.is_file():
        return None
    said = _json(path)
    if said.get("format") != FORMAT:
        raise GeneratorError(
            f"The text generator was trained by another version (its format is "
            f"{said.get('format')!r}, this version reads {FORMAT}): run `rasa train` again."
        )
    return said


def read_decoding(folder: Path) -> Decoding:
    """Return the options that generator.json holds, or the defaults.

    Raises:
        GeneratorError: the file is damaged or of another format.
    """
    said = read_description(folder)
    return Decoding.read((said or {}).get("decoding") or {})


def read_config(folder: Path) -> dict[str, Any]:
    """Return config.json.

    Raises:
        GeneratorError: it is missing or damaged.
    """
    if not folder.is_dir():
        raise GeneratorError(f"There is no folder {folder} with a language model.")
    if not (folder / CONFIG).is_file():
        raise GeneratorError(
            f"The folder {folder} holds no language model: it needs {CONFIG}, the weights and "
            f"{TOKENIZER}, as written by save_pretrained."
        )
    return _json(folder / CONFIG)


def read_layout(folder: Path) -> Layout:
    """Return the tokenizer of a folder with the layout of its prompts.

    Raises:
        GeneratorError: there is none, or it is damaged.
    """
    if not (folder / TOKENIZER).is_file():
        raise GeneratorError(
            f"The folder {folder} has no {TOKENIZER}: "
            "AutoTokenizer.from_pretrained(...).save_pretrained(...) makes it."
        )
    return Layout.read(folder / TOKENIZER, ends_of(folder))


def ends_of(folder: Path) -> list[int]:
    """Return the ids that end a text by the model's own configuration files."""
    found: list[Any] = []
    for name in (CONFIG, "generation_config.json"):
        if (folder / name).is_file():
            value = _json(folder / name).get("eos_token_id")
            found += value if isinstance(value, list) else [value]
    return sorted({number for number in found if isinstance(number, int)})


def context_of(config: dict[str, Any]) -> int:
    """Return how many tokens a model takes, prompt and reply together."""
    keys = ("n_positions", "max_position_embeddings", "n_ctx", "seq_length")
    sizes = [config[key] for key in keys if isinstance(config.get(key), int)]
    return min(LONGEST, *sizes) if sizes else LONGEST


def _json(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GeneratorError(f"The file {path} of the language model is damaged.") from error
    if not isinstance(said, dict):
        raise GeneratorError(f"The file {path} of the language model is damaged.")
    return said
