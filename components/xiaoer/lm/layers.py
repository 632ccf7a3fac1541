"""Transformer layers as an ONNX graph, written with ``onnx.helper``.

With ``int8`` weights are quantised by output (symmetric, one scale each) and activations at run
time by text. Two things keep vectors at a cosine of about 0.9997 to those of ``fp32``:

- Few channels of a normalised state are tens of times as large as the others and would leave these
  few steps. Where the graph is given a ``balance`` of the channels, states are divided and weights
  multiplied by it, so that both share the burden (Xiao et al., SmoothQuant, ICML 2023).
- What leaves the activation function differs from subword to subword as much, so there each has a
  scale of its own.

Scales hang on the text: a graph is run on one text at a time, without padding, and gives a text
the same states whatever its neighbours are.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from xiaoer.lm.base import Architecture, FloatArray

INT8, FP32 = PRECISIONS = ("int8", "fp32")

#: What a layer's states are divided by for each of its two balanced maps, see ``build``.
Balance = dict[str, FloatArray]

_CONTRIB = "com.microsoft"
#: Bytes for activations between -1/3 and 1 times the largest of their subword: GELU goes no lower
#: than -0.17, which is that much of the least such measure.
_ACTIVE_STEPS, _ACTIVE_ZERO, _ACTIVE_LEAST = 191, 64, 0.5


def build(
    architecture: Architecture,
    layers: Sequence[dict[str, FloatArray]],
    norm: tuple[FloatArray, FloatArray] | None = None,
    projection: tuple[FloatArray, FloatArray] | None = None,
    precision: str = INT8,
    balance: Sequence[Balance] | None = None,
    middle: bool = False,
) -> bytes:
    """Write a graph of these layers.

    The input is ``states`` (1, length, hidden) float32 of one text; the output is ``result``, the
    same shape. With ``projection`` the states that go in are as wide as the embeddings.

    Args:
        architecture: shape of the model.
        layers: arrays of each layer, named as in ``BaseModel.layer``.
        norm: weight and bias of the embeddings' normalisation when the graph starts there.
        projection: weight and bias of the map from normalised embeddings to states, if any.
        precision: of the weights, ``int8`` or ``fp32``.
        balance: for each layer what its states (``qkv``) and those between attention and
            feed-forward block (``up``), (hidden,) each, are divided by before they are quantised;
            None divides nothing, and ``fp32`` never does.
        middle: give out, as ``middle``, the states between the last layer's attention and
            feed-forward block too.
    """
    import onnx

    graph = _Graph(precision)
    state = "states"
    if norm is not None:
        scale, bias = graph.constant("norm.weight", norm[0]), graph.constant("norm.bias", norm[1])
        state = graph.node(
            "LayerNormalization", [state, scale, bias], epsilon=architecture.epsilon, axis=-1
        )
    if projection is not None:
        added = graph.constant("projection.bias", projection[1])
        state = graph.node("Add", [graph.linear("projection", state, projection[0]), added])
    between = state
    for index, arrays in enumerate(layers):
        factors = balance[index] if balance is not None and precision == INT8 else {}
        state, between = _layer(graph, architecture, arrays, factors, f"{index}.", state)
    outputs = ["result", "middle"] if middle else ["result"]
    for name, source in zip(outputs, (state, between), strict=False):
        graph.node("Identity", [source], output=name)
    shape: list[int | str] = [1, "length", architecture.hidden]
    width = architecture.hidden if norm is None else len(norm[0])

    def described(name: str, size: Sequence[int | str]) -> Any:
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, size)

    model = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            "layers",
            [described("states", [*shape[:2], width])],
            [described(name, shape) for name in outputs],
            graph.constants,
        ),
        opset_imports=[onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid(_CONTRIB, 1)],
        producer_name="xiaoer",
    )
    model.ir_version = 9
    return model.SerializeToString()


def session(model: bytes | str, threads: int) -> onnxruntime.InferenceSession:
    """Open a graph, given as bytes or as the path of a file, to run with so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the processor from the other processes of the shop.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class _Graph:
    def __init__(self, precision: str) -> None:
        self.precision = precision
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: NDArray) -> str:
        import onnx.numpy_helper

        self.constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(
        self,
        kind: str,
        inputs: list[str],
        output: str | None = None,
        domain: str = "",
        outputs: int = 1,
        **attributes: object,
    ) -> str:
        import onnx

        name = output or f"n{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(onnx.helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return name

    def linear(
        self, name: str, state: str, weight: FloatArray, balance: FloatArray | None = None
    ) -> str:
        """Multiply; the bias is left to what follows, which adds it on the way."""
        if self.precision == FP32:
            return self.node("MatMul", [state, self.constant(f"{name}.weight", weight.T)])
        state, weight = self._balanced(name, state, weight, balance)
        return self.node(
            "DynamicQuantizeMatMul", [state, *self._packed(name, weight)], domain=_CONTRIB
        )

    def attention(
        self,
        name: str,
        state: str,
        weight: FloatArray,
        bias: FloatArray,
        heads: int,
        balance: FloatArray | None,
    ) -> str:
        """Multiply by query, key and value weights (3 * hidden, hidden), and mix by them."""
        added = self.constant(f"{name}.bias", bias)
        if self.precision == FP32:
            joined = self.linear(name, state, weight)
            split = self.node("Split", [joined], outputs=3, axis=-1, num_outputs=3)
            parts = [f"{split}.{at}" for at in range(3)]
            return self.node(
                "MultiHeadAttention", [*parts, added], domain=_CONTRIB, num_heads=heads
            )
        # All in one: with few subwords the steps around the multiplications take longer than these.
        state, weight = self._balanced(name, state, weight, balance)
        states = self.node("DynamicQuantizeLinear", [state], outputs=3)
        packed, scales, middle = self._packed(name, weight)
        return self.node(
            "QAttention",
            [f"{states}.0", packed, added, f"{states}.1", scales, "", f"{states}.2", middle],
            domain=_CONTRIB,
            num_heads=heads,
        )

    def _balanced(
        self, name: str, state: str, weight: FloatArray, balance: FloatArray | None
    ) -> tuple[str, FloatArray]:
        if balance is None:
            return state, weight
        # Powers of two: nothing is lost by going there and back.
        inverse = self.constant(f"{name}.balance", 1 / balance)
        return self.node("Mul", [state, inverse]), weight * balance

    def linear_by_row(self, name: str, state: str, weight: FloatArray) -> str:
        """Multiply activations, each row (subword) of which is quantised by its own largest."""
        if self.precision == FP32:
            return self.linear(name, state, weight)
        least = self.constant(f"{name}.least", np.array(_ACTIVE_LEAST, np.float32))
        step = self.constant(f"{name}.step", np.array(1 / _ACTIVE_STEPS, np.float32))
        zero = self.constant(f"{name}.zero", np.array(_ACTIVE_ZERO, np.uint8))
        axes = self.constant(f"{name}.axes", np.array([-1], np.int64))
        largest = self.node("Max", [self.node("ReduceMax", [state, axes]), least])
        part = self.node("Div", [state, largest])
        packed, scales, middle = self._packed(name, weight)
        product = self.node(
            "MatMulIntegerToFloat",
            [
                self.node("QuantizeLinear", [part, step, zero]),
                packed,
                step,
                scales,
                zero,
                middle,
            ],
            domain=_CONTRIB,
        )
        return self.node("Mul", [product, largest])

    def _packed(self, name: str, weight: FloatArray) -> list[str]:
        packed, scales = quantised(weight)
        # Unsigned weights: processors without VNNI add pairs of signed ones up in 16 bits, which
        # overflow.
        middle = np.full(len(scales), 128, np.uint8)
        return [
            self.constant(f"{name}.packed", packed),
            self.constant(f"{name}.scales", scales),
            self.constant(f"{name}.middle", middle),
        ]


def quantised(weight: FloatArray) -> tuple[NDArray[np.uint8], FloatArray]:
    """Quantise (out, in) weights: (in, out) bytes around 128, and (out,) scales."""
    scales = np.abs(weight).max(1) / np.float32(127)
    scales[scales == 0] = 1
    packed = np.rint(weight.T / scales).clip(-127, 127) + 128
    return packed.astype(np.uint8), scales.astype(np.float32)


def read_back(model: bytes, architecture: Architecture) -> list[dict[str, FloatArray]]:
    """Return the arrays of each layer of a graph that ``build`` wrote, quantisation undone."""
    import onnx

    graph = onnx.load_from_string(model).graph
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    hidden = architecture.hidden

    def weight(name: str) -> FloatArray:
        if f"{name}.weight" in values:
            return np.ascontiguousarray(values[f"{name}.weight"].T)
        packed = values[f"{name}.packed"].astype(np.float32) - 128
        found = np.ascontiguousarray((packed * values[f"{name}.scales"]).T)
        return found * values[f"{name}.balance"] if f"{name}.balance" in values else found

    layers: list[dict[str, FloatArray]] = []
    while f"{len(layers)}.qkv.bias" in values:
        start = f"{len(layers)}."
        arrays = {}
        for part in ("attention_norm", "output_norm"):
            for kind in ("weight", "bias"):
                arrays[f"{part}.{kind}"] = values[f"{start}{part}.{kind}"]
        for part in ("attention", "up", "down"):
            arrays[f"{part}.weight"] = weight(start + part)
            arrays[f"{part}.bias"] = values[f"{start}{part}.bias"]
        joined = weight(f"{start}qkv")
        for at, part in enumerate("qkv"):
            rows = slice(at * hidden, (at + 1) * hidden)
            arrays[f"{part}.weight"] = joined[rows]
            arrays[f"{part}.bias"] = values[f"{start}qkv.bias"][rows]
        layers.append(arrays)
    return layers


def _layer(
    graph: _Graph,
    architecture: Architecture,
    arrays: dict[str, FloatArray],
    balance: Balance,
    start: str,
    state: str,
) -> tuple[str, str]:
    """Return the states after the layer and those before its feed-forward block."""

    def bias(part: str) -> str:
        return graph.constant(f"{start}{part}.bias", arrays[f"{part}.bias"])

    def normalised(part: str, added: str, source: str, linear: str) -> str:
        constants = [
            graph.constant(f"{start}{part}.{kind}", arrays[f"{part}.{kind}"])
            for kind in ("weight", "bias")
        ]
        return graph.node(
            "SkipLayerNormalization",
            [added, source, *constants, bias(linear)],
            domain=_CONTRIB,
            epsilon=architecture.epsilon,
        )

    mixed = graph.attention(
        f"{start}qkv",
        state,
        np.concatenate([arrays[f"{part}.weight"] for part in "qkv"]),
        np.concatenate([arrays[f"{part}.bias"] for part in "qkv"]),
        architecture.heads,
        balance.get("qkv"),
    )
    attended = graph.linear(f"{start}attention", mixed, arrays["attention.weight"])
    middle = normalised("attention_norm", attended, state, "attention")
    wide = graph.linear(f"{start}up", middle, arrays["up.weight"], balance.get("up"))
    active = _activated(graph, architecture.activation, wide, bias("up"))
    narrow = graph.linear_by_row(f"{start}down", active, arrays["down.weight"])
    return normalised("output_norm", narrow, middle, "down"), middle


def _activated(graph: _Graph, activation: str, state: str, bias: str) -> str:
    if activation == "relu":
        return graph.node("Relu", [graph.node("Add", [state, bias])])
    kind = "BiasGelu" if activation == "gelu" else "FastGelu"
    return graph.node(kind, [state, bias], domain=_CONTRIB)
