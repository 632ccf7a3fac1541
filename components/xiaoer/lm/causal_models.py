"""Makes or opens the causal language model that is trained. Imports torch: never serve it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer
from transformers.utils import logging

from xiaoer.lm.bpe import train_bpe
from xiaoer.lm.causal_folder import (
    TOKENIZER,
    context_of,
    read_config,
    write_description,
)
from xiaoer.lm.causal_initialization import begin_with_copying
from xiaoer.lm.causal_layout import ASSISTANT, END, PASSAGE, SPECIAL, Layout, add_layout
from xiaoer.lm.decoding import Decoding
from xiaoer.lm.generator import GeneratorError


@dataclass(frozen=True)
class Scratch:
    """The shape of a GPT-2 that is trained from nothing.

    Attributes:
        vocabulary_size: most tokens of its BPE.
        layers: transformer layers.
        width: of a state.
        heads: attention heads of a layer; they divide the width.
        context: most tokens, prompt and reply together.
        seed: of the first weights.
    """

    vocabulary_size: int
    layers: int
    width: int
    heads: int
    context: int
    seed: int


@dataclass(frozen=True)
class CausalModel:
    """A model with its tokenizer.

    Attributes:
        model: of ``transformers``, in single precision.
        layout: of its prompts; complete.
        context: most tokens, prompt and reply together.
        added: ids whose embeddings are new to the model.
    """

    model: Any
    layout: Layout
    context: int
    added: tuple[int, ...] = ()

    def save(self, folder: Path, decoding: Decoding, about: dict[str, Any]) -> None:
        """Write the files that ``causal_folder`` tells of; the model is in half precision then.

        Raises:
            OSError: the folder cannot be written.
        """
        self.model.to(torch.float16)
        # Training has a bar of its own.
        logging.disable_progress_bar()
        try:
            self.model.save_pretrained(folder, max_shard_size="1000GB")
            self.layout.tokenizer.save(str(folder / TOKENIZER))
            write_description(folder, decoding, about)
        except OSError:
            raise
        # Both libraries report a full disk by errors of their own.
        except Exception as error:
            raise OSError(f"{error}") from error


def make_scratch(texts: Iterable[str], shape: Scratch) -> CausalModel:
    """Return a GPT-2 with its own BPE, learned from ``texts``, and first weights.

    Raises:
        GeneratorError: the heads do not divide the width.
    """
    if shape.width % shape.heads:
        raise GeneratorError(
            f"`width` ({shape.width}) must be divisible by `heads` ({shape.heads})."
        )
    torch.manual_seed(shape.seed)
    tokenizer = train_bpe(texts, shape.vocabulary_size)
    end = tokenizer.token_to_id(END)
    config = transformers.GPT2Config(
        vocab_size=tokenizer.get_vocab_size(),
        n_positions=shape.context,
        n_embd=shape.width,
        n_layer=shape.layers,
        n_head=shape.heads,
        attn_pdrop=0.0,
        bos_token_id=end,
        eos_token_id=end,
    )
    model = transformers.GPT2LMHeadModel(config)
    # The reply begins as the first passage does.
    begin_with_copying(model, (tokenizer.token_to_id(ASSISTANT), tokenizer.token_to_id(PASSAGE)))
    return CausalModel(model, Layout(tokenizer, [end]), shape.context)


def open_base(name: str, context: int) -> CausalModel:
    """Open a folder or an id of the hub, and add the layout's tokens where they are missing.

    Args:
        name: as it stands in config.yml.
        context: most tokens that are wanted.

    Raises:
        GeneratorError: there is no such model, it cannot be fetched or read, or it has no tokenizer
            that can be kept.
    """
    where = _where(name)
    logging.disable_progress_bar()
    options = {"trust_remote_code": False, "local_files_only": Path(where).is_dir()}
    auto = transformers.AutoModelForCausalLM
    model = _read(name, lambda: auto.from_pretrained(where, dtype=torch.float32, **options))
    tokenizer = _tokenizer(name, where, options)
    rows = model.get_input_embeddings().weight.shape[0]
    before = tokenizer.get_vocab_size()
    if before > rows:
        raise GeneratorError(
            f"The tokenizer of {name} knows {before} tokens, its weights {rows}: the files are "
            "those of two models."
        )
    add_layout(tokenizer)
    size = tokenizer.get_vocab_size()
    if size > rows:
        model.resize_token_embeddings(size)
    ids = [tokenizer.token_to_id(token) for token in SPECIAL]
    new = tuple(number for number in ids if number >= before)
    ends = model.config.eos_token_id
    known = [end for end in (ends if isinstance(ends, list) else [ends]) if end is not None]
    layout = Layout(tokenizer, [end for end in known if end < before])
    return CausalModel(model, layout, min(context, context_of(model.config.to_dict())), new)


def _where(name: str) -> str:
    folder = Path(name).expanduser()
    if folder.is_file():
        raise GeneratorError(
            f"{name} is a file: `model` names the folder it lies in, as written by save_pretrained."
        )
    if folder.is_dir():
        read_config(folder)
        return str(folder)
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", name):
        raise GeneratorError(
            f'There is no model "{name}": write `scratch`, the path of a folder that holds a '
            "causal language model, or a Hugging Face id such as openai-community/gpt2."
        )
    return name


def _read(name: str, load: Any) -> Any:
    try:
        return load()
    # Every reader of weights and vocabularies behind it has errors of its own.
    except Exception as error:
        said = str(error).strip().splitlines() or [repr(error)]
        if Path(name).expanduser().is_dir():
            raise GeneratorError(
                f"The folder {name} cannot be read as a causal language model: {said[0]}"
            ) from error
        if "trust_remote_code" in str(error) or "does not recognize" in str(error):
            raise GeneratorError(
                f"The model {name} brings code of its own, which is not run: choose another."
            ) from error
        raise GeneratorError(
            f'There is no folder "{name}", and as a model it could not be fetched from the Hugging '
            "Face hub: check name and connection, or give the path of a folder it was downloaded "
            "to, or write `scratch`."
        ) from error


def _tokenizer(name: str, where: str, options: dict[str, Any]) -> Tokenizer:
    path = Path(where) / TOKENIZER
    if path.is_file():
        return _read(name, lambda: Tokenizer.from_file(str(path)))
    made = _read(name, lambda: transformers.AutoTokenizer.from_pretrained(where, **options))
    tokenizer = getattr(made, "backend_tokenizer", None)
    # Without a vocabulary transformers makes one of nothing but special tokens.
    if tokenizer is None or tokenizer.get_vocab_size() <= len(set(made.all_special_ids)):
        raise GeneratorError(
            f"The model {name} has no tokenizer that can be read here: it needs {TOKENIZER}, "
            "vocab.json with merges.txt, or vocab.txt."
        )
    return tokenizer
