"""Where each family of published checkpoints keeps the parts that all of them share with BERT.

A family differs from BERT in names, in where positions start, in a narrower embedding that is
projected, or in layers that are used several times; what it computes is the same: the sum of the
embeddings, normalised, then layers that normalise after each residual (post-norm).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from xiaoer.lm.base import FloatArray

#: The arrays of a layer as ``BaseModel.layer`` names them, each with a weight and a bias.
PARTS = ("q", "k", "v", "attention", "attention_norm", "up", "down", "output_norm")
KINDS = ("weight", "bias")


def _numbered(form: str) -> Callable[[Any], list[str]]:
    return lambda config: [form.format(at) for at in range(config.num_hidden_layers)]


def _albert_layers(config: Any) -> list[str]:
    """Name ALBERT's layers: groups are spread evenly, each used by several layers in turn."""
    used = config.num_hidden_layers / config.num_hidden_groups
    return [
        f"encoder.albert_layer_groups.{int(at / used)}.albert_layers.{inner}."
        for at in range(config.num_hidden_layers)
        for inner in range(config.inner_group_num)
    ]


@dataclass(frozen=True)
class Family:
    """Names of arrays in the ``state_dict`` of a model that ``AutoModel`` returns.

    Attributes:
        layers: returns the prefix of each layer from the embeddings up, given the configuration;
            a prefix that stands there twice is a layer that is used twice.
        parts: what follows the prefix, by the name in ``PARTS``.
        projection: the linear map from the width of the embeddings to that of the states, which
            a checkpoint has when they differ.
        counts_from_padding: whether the first position is the one after the padding id.
    """

    layers: Callable[[Any], list[str]]
    parts: Mapping[str, str]
    projection: str | None = None
    counts_from_padding: bool = False

    def embeddings(self, arrays: Mapping[str, FloatArray], config: Any) -> dict[str, FloatArray]:
        """Return ``positions``, ``norm.*`` and, if there is one, ``projection.*``.

        ``positions`` (positions, embedding width) is position plus token type 0 plus task 0 (ERNIE
        3.0), as far as the family has them.
        """
        first = int(config.pad_token_id) + 1 if self.counts_from_padding else 0
        positions = arrays["embeddings.position_embeddings.weight"][first:]
        for kind in ("token_type", "task_type"):
            table = arrays.get(f"embeddings.{kind}_embeddings.weight")
            if table is not None:
                positions = positions + table[0]
        found = {"positions": positions}
        for kind in KINDS:
            found[f"norm.{kind}"] = arrays[f"embeddings.LayerNorm.{kind}"]
            if self.projection and f"{self.projection}.{kind}" in arrays:
                found[f"projection.{kind}"] = arrays[f"{self.projection}.{kind}"]
        return found

    def layer(self, arrays: Mapping[str, FloatArray], prefix: str) -> dict[str, FloatArray]:
        """Return the arrays of the layer called ``prefix``, named as in ``BaseModel.layer``."""
        return {
            f"{part}.{kind}": arrays[f"{prefix}{self.parts[part]}.{kind}"]
            for part in PARTS
            for kind in KINDS
        }


def _parts(names: str) -> dict[str, str]:
    return dict(zip(PARTS, names.split(), strict=True))


_BERT = Family(
    _numbered("encoder.layer.{}."),
    _parts(
        "attention.self.query attention.self.key attention.self.value "
        "attention.output.dense attention.output.LayerNorm "
        "intermediate.dense output.dense output.LayerNorm"
    ),
)
_ROBERTA = replace(_BERT, counts_from_padding=True)

#: The families that can be used, by ``model_type`` in config.json.
FAMILIES = {
    "bert": _BERT,
    "ernie": _BERT,
    "electra": replace(_BERT, projection="embeddings_project"),
    "roberta": _ROBERTA,
    "xlm-roberta": _ROBERTA,
    "camembert": _ROBERTA,
    "distilbert": Family(
        _numbered("transformer.layer.{}."),
        _parts(
            "attention.q_lin attention.k_lin attention.v_lin attention.out_lin sa_layer_norm "
            "ffn.lin1 ffn.lin2 output_layer_norm"
        ),
    ),
    "albert": Family(
        _albert_layers,
        _parts(
            "attention.query attention.key attention.value attention.dense attention.LayerNorm "
            "ffn ffn_output full_layer_layer_norm"
        ),
        projection="encoder.embedding_hidden_mapping_in",
    ),
}
