"""A causal language model that is fed a token at a time. Imports torch: load it in a thread."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from xiaoer.lm.causal_folder import WEIGHTS, context_of, read_config
from xiaoer.lm.causal_gpt2 import Gpt2
from xiaoer.lm.generator import GeneratorError


class Decoder(ABC):
    """A model with the cache of keys and values of what it has been fed.

    Attributes:
        context: how many tokens it takes in all.
    """

    context: int

    @abstractmethod
    def begin(self, prompt: Tensor, copies: int, room: int) -> Tensor:
        """Feed a prompt once and go on with copies of it.

        Args:
            prompt: (length,) ids.
            copies: how many replies are written side by side.
            room: most tokens that are fed afterwards.

        Returns:
            (copies, vocabulary) scores of the next token.
        """

    @abstractmethod
    def feed(self, tokens: Tensor) -> Tensor:
        """Feed one token to each copy, (copies,); returns scores as ``begin``."""


class Gpt2Decoder(Decoder):
    """GPT-2 without the layers of classes around it, which take most of the time of a small one."""

    def __init__(self, model: Gpt2) -> None:
        self._model = model
        self.context = model.shape.positions
        self._cache: list[tuple[Tensor, Tensor]] = []
        self._past = 0

    def begin(self, prompt: Tensor, copies: int, room: int) -> Tensor:
        """Feed a prompt once; see ``Decoder``."""
        length = len(prompt)
        first = self._model.cache(1, length)
        scores = self._model.forward(prompt[None], first, 0)
        self._cache = self._model.cache(copies, length + room)
        for (keys, values), (known_keys, known_values) in zip(self._cache, first, strict=True):
            keys[:, :, :length] = known_keys
            values[:, :, :length] = known_values
        self._past = length
        return scores.expand(copies, -1)

    def feed(self, tokens: Tensor) -> Tensor:
        """Feed one token to each copy; see ``Decoder``."""
        scores = self._model.forward(tokens[:, None], self._cache, self._past)
        self._past += 1
        return scores


class TransformersDecoder(Decoder):
    """Any causal language model of ``transformers``."""

    def __init__(self, model: Any, context: int) -> None:
        self.model = model
        self.context = context
        self._cache: Any = None

    def begin(self, prompt: Tensor, copies: int, room: int) -> Tensor:
        """Feed a prompt once; see ``Decoder``."""
        said = self.model(input_ids=prompt[None], use_cache=True, logits_to_keep=1)
        self._cache = said.past_key_values
        self._cache.batch_repeat_interleave(copies)
        return said.logits[:, -1].float().expand(copies, -1)

    def feed(self, tokens: Tensor) -> Tensor:
        """Feed one token to each copy; see ``Decoder``."""
        said = self.model(
            input_ids=tokens[:, None],
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self._cache = said.past_key_values
        return said.logits[:, -1].float()


def open_decoder(folder: Path, beams: bool = False) -> Decoder:
    """Load the model of a folder.

    Args:
        folder: with config.json and the weights.
        beams: whether its replies are searched by ``transformers``, which needs a model of its own.

    Raises:
        GeneratorError: the files are missing, damaged or of a model that is not supported.
    """
    config = read_config(folder)
    if not beams and Gpt2.reads(config) and (folder / WEIGHTS).is_file():
        return Gpt2Decoder(Gpt2.load(folder, config))
    return TransformersDecoder(load_transformers(folder), context_of(config))


def load_transformers(folder: Path) -> Any:
    """Return the model of a folder as ``AutoModelForCausalLM`` reads it, ready to be asked.

    Raises:
        GeneratorError: the files are missing, damaged or of a model that is not supported.
    """
    import transformers
    from transformers.utils import logging

    # Neither a bar for each loading nor advice on padding belongs to a server's log.
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, dtype=torch.float32
        )
    # Every reader of weights behind it has errors of its own.
    except Exception as error:
        said = str(error).strip().splitlines() or [repr(error)]
        raise GeneratorError(
            f"The folder {folder} cannot be read as a causal language model: {said[0]}"
        ) from error
    return model.eval()
