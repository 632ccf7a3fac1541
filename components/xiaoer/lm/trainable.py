"""The upper layers of an encoder as torch modules, to be trained. Imports torch: never serve it."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from xiaoer.lm.base import Architecture, FloatArray


class TrainableLayer(nn.Module):
    """One layer of BERT, made from arrays named as in ``BaseModel.layer``."""

    def __init__(
        self, architecture: Architecture, arrays: dict[str, FloatArray], dropout: float
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.dropout = dropout
        self.arrays = nn.ParameterDict(
            {
                name.replace(".", "__"): nn.Parameter(torch.from_numpy(np.array(values)))
                for name, values in arrays.items()
            }
        )

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Map states (batch, length, hidden), mask (batch, length) bool, to the same shape."""
        batch, length, hidden = states.shape

        def heads(part: str) -> Tensor:
            return (
                self._linear(part, states)
                .view(batch, length, self.architecture.heads, -1)
                .transpose(1, 2)
            )

        mixed = F.scaled_dot_product_attention(
            heads("q"),
            heads("k"),
            heads("v"),
            attn_mask=mask[:, None, None, :],
            dropout_p=self.dropout if self.training else 0.0,
        )
        joined = mixed.transpose(1, 2).reshape(batch, length, hidden)
        middle = self._normalised("attention_norm", self._linear("attention", joined), states)
        wide = self._linear("up", middle)
        kind = self.architecture.activation
        active = (
            F.relu(wide)
            if kind == "relu"
            else F.gelu(wide, approximate="none" if kind == "gelu" else "tanh")
        )
        return self._normalised("output_norm", self._linear("down", active), middle)

    def _linear(self, part: str, states: Tensor) -> Tensor:
        return F.linear(states, self.arrays[f"{part}__weight"], self.arrays[f"{part}__bias"])

    def _normalised(self, part: str, added: Tensor, states: Tensor) -> Tensor:
        total = states + F.dropout(added, self.dropout, self.training)
        return F.layer_norm(
            total,
            total.shape[-1:],
            self.arrays[f"{part}__weight"],
            self.arrays[f"{part}__bias"],
            self.architecture.epsilon,
        )

    def exported(self) -> dict[str, FloatArray]:
        """Return the arrays as they are now, named as they came."""
        return {
            name.replace("__", "."): values.detach().numpy().copy()
            for name, values in self.arrays.items()
        }


class TrainableStack(nn.Module):
    """Layers on top of each other."""

    def __init__(
        self,
        architecture: Architecture,
        arrays: Sequence[dict[str, FloatArray]],
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(TrainableLayer(architecture, each, dropout) for each in arrays)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Map states (batch, length, hidden), mask (batch, length) bool, to the same shape."""
        for layer in self.layers:
            states = layer(states, mask)
        return states

    def exported(self) -> list[dict[str, FloatArray]]:
        """Return the arrays of each layer as they are now."""
        return [layer.exported() for layer in self.layers]
