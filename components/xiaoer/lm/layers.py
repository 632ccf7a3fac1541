"""Transformer layers as an ONNX graph, written with ``onnx.helper``.

With ``int8`` weights are quantised in blocks along the input (symmetric, one scale a block) and the
activations at run time in the same blocks (``MatMulNBits`` with accuracy level 4). Unlike
quantisation of a whole tensor, no scale depends on the other texts of a batch or on the padding
(rounding still does a little), and vectors keep a cosine of about 0.9995 to those of ``fp32``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from xiaoer.lm.base import Architecture, FloatArray

INT8, FP32 = PRECISIONS = ("int8", "fp32")

_CONTRIB = "com.microsoft"


def build(
    architecture: Architecture,
    layers: Sequence[dict[str, FloatArray]],
    norm: tuple[FloatArray, FloatArray] | None = None,
    projection: tuple[FloatArray, FloatArray] | None = None,
    precision: str = INT8,
) -> bytes:
    """Write a graph of these layers.

    Inputs are ``states`` (batch, length, hidden) float32 and ``mask`` (batch, length) int32, 1 for
    a subword and 0 for padding; the output is ``result`` (batch, length, hidden) float32. With
    ``projection`` the states that go in are as wide as the embeddings.

    Args:
        architecture: shape of the model.
        layers: arrays of each layer, named as in ``BaseModel.layer``.
        norm: weight and bias of the embeddings' normalisation when the graph starts there.
        projection: weight and bias of the map from normalised embeddings to states, if any.
        precision: of the weights, ``int8`` or ``fp32``.
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
        state = graph.linear("projection", state, *projection)
    for index, arrays in enumerate(layers):
        state = _layer(graph, architecture, arrays, f"{index}.", state)
    graph.node("Identity", [state], output="result")
    shape = ["batch", "length", architecture.hidden]
    width = architecture.hidden if norm is None else len(norm[0])
    model = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            "layers",
            [
                onnx.helper.make_tensor_value_info(
                    "states", onnx.TensorProto.FLOAT, [*shape[:2], width]
                ),
                onnx.helper.make_tensor_value_info("mask", onnx.TensorProto.INT32, shape[:2]),
            ],
            [onnx.helper.make_tensor_value_info("result", onnx.TensorProto.FLOAT, shape)],
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

    def linear(self, name: str, state: str, weight: FloatArray, bias: FloatArray) -> str:
        added = self.constant(f"{name}.bias", bias)
        if self.precision == FP32:
            turned = self.constant(f"{name}.weight", weight.T)
            return self.node("Add", [self.node("MatMul", [state, turned]), added])
        packed, scales, block = quantised(weight)
        return self.node(
            "MatMulNBits",
            [
                state,
                self.constant(f"{name}.packed", packed),
                self.constant(f"{name}.scales", scales.reshape(-1)),
                "",
                "",
                added,
            ],
            domain=_CONTRIB,
            K=weight.shape[1],
            N=weight.shape[0],
            bits=8,
            block_size=block,
            accuracy_level=4,
        )


def quantised(weight: FloatArray) -> tuple[NDArray[np.uint8], FloatArray, int]:
    """Quantise (out, in) weights.

    Returns:
        (out, blocks, block) bytes around 128, (out, blocks) scales, and the length of a block.
    """
    out, width = weight.shape
    block = next((size for size in (128, 64, 32) if width % size == 0), 32)
    count = -(-width // block)
    padded = np.zeros((out, count * block), np.float32)
    padded[:, :width] = weight
    blocks = padded.reshape(out, count, block)
    scales = np.abs(blocks).max(-1) / 127
    scales[scales == 0] = 1
    packed = np.rint(blocks / scales[..., None]).clip(-127, 127) + 128
    return packed.astype(np.uint8), scales.astype(np.float32), block


def read_back(model: bytes, architecture: Architecture) -> list[dict[str, FloatArray]]:
    """Return the arrays of each layer of a graph that ``build`` wrote, quantisation undone."""
    import onnx

    graph = onnx.load_from_string(model).graph
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    hidden = architecture.hidden

    def weight(name: str, width: int) -> FloatArray:
        if f"{name}.weight" in values:
            return np.ascontiguousarray(values[f"{name}.weight"].T)
        packed = values[f"{name}.packed"].astype(np.float32) - 128
        scales = values[f"{name}.scales"].reshape(packed.shape[:2])
        return (packed * scales[..., None]).reshape(len(packed), -1)[:, :width]

    layers: list[dict[str, FloatArray]] = []
    while f"{len(layers)}.qkv.bias" in values:
        start = f"{len(layers)}."
        arrays = {}
        for part in ("attention_norm", "output_norm"):
            for kind in ("weight", "bias"):
                arrays[f"{part}.{kind}"] = values[f"{start}{part}.{kind}"]
        for part in ("attention", "up", "down"):
            width = architecture.intermediate if part == "down" else hidden
            arrays[f"{part}.weight"] = weight(start + part, width)
            arrays[f"{part}.bias"] = values[f"{start}{part}.bias"]
        joined = weight(f"{start}qkv", hidden)
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
    start: str,
    state: str,
) -> str:
    def linear(part: str, source: str) -> str:
        return graph.linear(start + part, source, arrays[f"{part}.weight"], arrays[f"{part}.bias"])

    def normalised(part: str, added: str, source: str) -> str:
        constants = [
            graph.constant(f"{start}{part}.{kind}", arrays[f"{part}.{kind}"])
            for kind in ("weight", "bias")
        ]
        return graph.node(
            "SkipLayerNormalization",
            [added, source, *constants],
            domain=_CONTRIB,
            epsilon=architecture.epsilon,
        )

    joined = graph.linear(
        f"{start}qkv",
        state,
        np.concatenate([arrays[f"{part}.weight"] for part in "qkv"]),
        np.concatenate([arrays[f"{part}.bias"] for part in "qkv"]),
    )
    split = graph.node("Split", [joined], outputs=3, axis=-1, num_outputs=3)
    mixed = graph.node(
        "MultiHeadAttention",
        [f"{split}.0", f"{split}.1", f"{split}.2", "", "mask"],
        domain=_CONTRIB,
        num_heads=architecture.heads,
    )
    middle = normalised("attention_norm", linear("attention", mixed), state)
    active = _activated(graph, architecture.activation, linear("up", middle))
    return normalised("output_norm", linear("down", active), middle)


def _activated(graph: _Graph, activation: str, state: str) -> str:
    if activation == "relu":
        return graph.node("Relu", [state])
    kind = "Gelu" if activation == "gelu" else "FastGelu"
    return graph.node(kind, [state], domain=_CONTRIB)
