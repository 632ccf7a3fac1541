"""The network of `CompactPolicy`: a few small transformers over dialogue states, in numpy.

The same forward pass serves with numpy and trains with torch, whose tensors have the same methods.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

WEIGHTS_FILE = "weights.safetensors"
LAYOUT_FILE = "layout.json"
_MASKED = -1e9
_EPSILON = 1e-5


@dataclass(frozen=True)
class Layout:
    """What the numbers of a network stand for, and its shape.

    Args:
        features: Names of the inputs, `attribute:value`.
        actions: Names of the outputs: the actions that occur in stories.
        history: How many states are looked at.
        members: How many networks are averaged.
        hidden: Width of a network.
        layers: Number of transformer layers.
        heads: Number of attention heads; divides `hidden`.
        silent: Whether a story leaves a message unanswered.
    """

    features: list[str]
    actions: list[str]
    history: int
    members: int
    hidden: int
    layers: int
    heads: int
    silent: bool = False

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each weight; the first axis counts the members."""
        m, d = self.members, self.hidden
        shapes: dict[str, tuple[int, ...]] = {
            "input.weight": (m, len(self.features), d),
            "position": (m, self.history, d),
            "head.norm.scale": (m, 1, 1, d),
            "head.norm.shift": (m, 1, 1, d),
            "head.weight": (m, d, len(self.actions)),
            "head.bias": (m, 1, 1, len(self.actions)),
        }
        for layer in range(self.layers):
            for name, shape in {
                "attention.norm.scale": (m, 1, 1, d),
                "attention.norm.shift": (m, 1, 1, d),
                "attention.query": (m, d, d),
                "attention.key": (m, d, d),
                "attention.value": (m, d, d),
                "attention.output": (m, d, d),
                "feed.norm.scale": (m, 1, 1, d),
                "feed.norm.shift": (m, 1, 1, d),
                "feed.first": (m, d, 2 * d),
                "feed.first.bias": (m, 1, 1, 2 * d),
                "feed.second": (m, 2 * d, d),
                "feed.second.bias": (m, 1, 1, d),
            }.items():
                shapes[f"layer{layer}.{name}"] = shape
        return shapes


def forward(
    weights: dict[str, Any],
    layout: Layout,
    embedded: Any,
    known: Any,
    xp: ModuleType = np,
    drop: Callable[[Any], Any] = lambda values: values,
) -> Any:
    """Return each member's logits of the next action.

    A pre-norm transformer encoder (Vaswani et al. 2017; Xiong et al. 2020) over the states, oldest
    first, of which the last state's output is read.

    Args:
        weights: As `Layout.shapes` says.
        layout: The network's shape.
        embedded: (members, batch, history, hidden), the states times `input.weight`; the last one
            is the state now.
        known: (batch, history), 1 where there is a state, 0 before the conversation began.
        xp: `numpy` or `torch`.
        drop: Applied to what each block adds: dropout while training.

    Returns:
        (members, batch, actions).
    """
    m, batch, history, d = embedded.shape
    x = drop(embedded + weights["position"].reshape(m, 1, history, d))
    unseen = ((1 - known) * _MASKED).reshape(1, batch, 1, 1, history)

    def times(values: Any, name: str) -> Any:
        length, width = values.shape[2:]
        product = values.reshape(m, batch * length, width) @ weights[name]
        return product.reshape(m, batch, length, -1)

    def split(values: Any) -> Any:
        parts = values.reshape(m, batch, values.shape[2], layout.heads, d // layout.heads)
        return parts.swapaxes(2, 3)

    for layer in range(layout.layers):
        prefix = f"layer{layer}."
        y = _norm(x, weights, prefix + "attention.norm", xp)
        key, value = (split(times(y, prefix + f"attention.{name}")) for name in ("key", "value"))
        if layer == layout.layers - 1:
            x, y = x[:, :, -1:], y[:, :, -1:]
        query = split(times(y, prefix + "attention.query"))
        scores = query @ key.swapaxes(-1, -2) / (d // layout.heads) ** 0.5
        attention = xp.exp((scores + unseen).clip(-1e4, 60))
        attention = attention / attention.sum(-1, keepdims=True).clip(1e-20)
        mixed = (attention @ value).swapaxes(2, 3).reshape(x.shape)
        x = x + drop(times(mixed, prefix + "attention.output"))
        y = _norm(x, weights, prefix + "feed.norm", xp)
        y = (times(y, prefix + "feed.first") + weights[prefix + "feed.first.bias"]).clip(0)
        x = x + drop(times(y, prefix + "feed.second") + weights[prefix + "feed.second.bias"])
    now = _norm(x, weights, "head.norm", xp)
    return (times(now, "head.weight") + weights["head.bias"])[:, :, 0]


def _norm(x: Any, weights: dict[str, Any], name: str, xp: ModuleType) -> Any:
    centred = x - x.mean(-1, keepdims=True)
    deviation = xp.sqrt((centred * centred).mean(-1, keepdims=True) + _EPSILON)
    return centred / deviation * weights[name + ".scale"] + weights[name + ".shift"]


class CompactNetwork:
    """A trained network.

    Args:
        layout: Its inputs, outputs and shape.
        weights: float32 arrays, as `Layout.shapes` says.
    """

    def __init__(self, layout: Layout, weights: dict[str, np.ndarray]) -> None:
        self.layout = layout
        self.weights = weights

    def probabilities(self, states: np.ndarray) -> np.ndarray:
        """Return the probability of each action, the mean over the members.

        Members that were started differently disagree on what none of them has learned, so their
        mean is less sure of it (Lakshminarayanan et al. 2017).

        Args:
            states: (batch, at most `history`, features), oldest first.

        Returns:
            (batch, actions), float32.
        """
        batch, length, _ = states.shape
        before = self.layout.history - length
        known = np.ones((batch, self.layout.history), np.float32)
        known[:, :before] = 0
        embedded = states @ self.weights["input.weight"][:, None]
        embedded = np.pad(embedded, ((0, 0), (0, 0), (before, 0), (0, 0)))
        logits = forward(self.weights, self.layout, embedded, known)
        exponents = np.exp(logits - logits.max(-1, keepdims=True))
        return (exponents / exponents.sum(-1, keepdims=True)).mean(0)

    def save(self, folder: Path) -> None:
        """Write weights and layout into `folder`."""
        save_file(self.weights, str(folder / WEIGHTS_FILE))
        text = json.dumps(asdict(self.layout), ensure_ascii=False)
        (folder / LAYOUT_FILE).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> CompactNetwork:
        """Read what `save` wrote; nothing stays on disk that is read later.

        Raises:
            FileNotFoundError: If `folder` holds no network.
        """
        layout = Layout(**json.loads((folder / LAYOUT_FILE).read_text(encoding="utf-8")))
        return cls(layout, load_file(str(folder / WEIGHTS_FILE)))
