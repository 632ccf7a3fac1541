"""GPT-2's forward pass on the weights of a ``GPT2LMHeadModel``, for decoding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from xiaoer.lm.causal_folder import WEIGHTS
from xiaoer.lm.generator import GeneratorError

_PARTS = ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj")
_EXPECTED = {
    "model_type": "gpt2",
    "activation_function": "gelu_new",
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
    "tie_word_embeddings": True,
}
Cache = list[tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Shape:
    """The numbers of config.json.

    Attributes:
        width: of a state.
        heads: attention heads of a layer.
        layers: number of transformer layers.
        positions: most tokens.
        epsilon: of every layer normalisation.
    """

    width: int
    heads: int
    layers: int
    positions: int
    epsilon: float


class Gpt2:
    """The weights of GPT-2 in single precision (Radford et al., 2019)."""

    def __init__(self, shape: Shape, weights: dict[str, Tensor]) -> None:
        """Take the weights by their names in ``transformers``, without ``transformer.``.

        Raises:
            GeneratorError: one is missing.
        """
        self.shape = shape
        try:
            self._tokens, self._positions = weights["wte.weight"], weights["wpe.weight"]
            self._layers = [
                [
                    weights[f"h.{layer}.{part}.{kind}"]
                    for part in _PARTS
                    for kind in ("weight", "bias")
                ]
                for layer in range(shape.layers)
            ]
            self._norm = weights["ln_f.weight"], weights["ln_f.bias"]
        except KeyError as error:
            raise GeneratorError(f"The language model lacks the weights {error}.") from error

    @staticmethod
    def reads(config: dict[str, Any]) -> bool:
        """Return whether a config.json is that of a plain GPT-2."""
        return config.get("model_type") == "gpt2" and all(
            config.get(key, value) == value for key, value in _EXPECTED.items()
        )

    @classmethod
    def load(cls, folder: Path, config: dict[str, Any]) -> Gpt2:
        """Read the weights of a folder whose config.json ``reads`` approved.

        Raises:
            GeneratorError: the file is damaged or lacks weights.
        """
        try:
            stored = load_file(folder / WEIGHTS)
            shape = Shape(
                config["n_embd"],
                config["n_head"],
                config["n_layer"],
                config["n_positions"],
                config["layer_norm_epsilon"],
            )
        # safetensors raises errors of its own.
        except Exception as error:
            raise GeneratorError(
                f"The folder {folder} cannot be read as a GPT-2 model: {error}"
            ) from error
        prefix = "transformer."
        return cls(
            shape, {name.removeprefix(prefix): value.float() for name, value in stored.items()}
        )

    def cache(self, rows: int, length: int) -> Cache:
        """Return room for keys and values, each (rows, heads, length, width of a head)."""
        size = (rows, self.shape.heads, length, self.shape.width // self.shape.heads)
        return [(torch.empty(size), torch.empty(size)) for _ in range(self.shape.layers)]

    def forward(self, ids: Tensor, cache: Cache, past: int) -> Tensor:
        """Return the scores (rows, vocabulary) of the token after the last one.

        Args:
            ids: (rows, length); either ``past`` is 0 or ``length`` is 1.
            cache: filled up to ``past``; the keys and values of ``ids`` are added.
            past: how many tokens were fed before.
        """
        rows, length = ids.shape
        width, heads = self.shape.width, self.shape.heads
        now = past + length
        states = (F.embedding(ids, self._tokens) + self._positions[past:now]).view(-1, width)
        for weights, (all_keys, all_values) in zip(self._layers, cache, strict=True):
            norm, shift, qkv, qkv_bias, out, out_bias = weights[:6]
            normal = F.layer_norm(states, (width,), norm, shift, self.shape.epsilon)
            parts = torch.addmm(qkv_bias, normal, qkv).view(rows, length, 3, heads, -1)
            queries, keys, values = parts.permute(2, 0, 3, 1, 4).unbind(0)
            all_keys[:, :, past:now] = keys
            all_values[:, :, past:now] = values
            mixed = F.scaled_dot_product_attention(
                queries, all_keys[:, :, :now], all_values[:, :, :now], is_causal=length > 1
            )
            states = states + torch.addmm(out_bias, mixed.transpose(1, 2).reshape(-1, width), out)
            norm, shift, up, up_bias, down, down_bias = weights[6:]
            normal = F.layer_norm(states, (width,), norm, shift, self.shape.epsilon)
            inner = F.gelu(torch.addmm(up_bias, normal, up), approximate="tanh")
            states = states + torch.addmm(down_bias, inner, down)
        last = states.view(rows, length, width)[:, -1]
        last = F.layer_norm(last, (width,), *self._norm, self.shape.epsilon)
        return F.linear(last, self._tokens)
