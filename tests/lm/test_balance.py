"""The balance of channels: what a large one costs the others, and that no product changes."""

from dataclasses import replace

import numpy as np
import pytest

from xiaoer.lm import Encoder, layers
from xiaoer.lm.balance import TEXTS, flattened, measured, unflattened


def inputs(encoder: Encoder, texts: list[str]) -> list[np.ndarray]:
    return [encoder.embed(encoder.prepare(text).ids) for text in texts]


def test_large_channels_get_large_factors() -> None:
    encoder = Encoder.load("bundled")
    balance = measured(encoder.base, inputs(encoder, list(TEXTS[:6])))
    assert len(balance) == encoder.architecture.layers
    for parts in balance:
        assert parts.keys() == {"qkv", "up"}
        for factors in parts.values():
            assert factors.shape == (encoder.dim,)
            # Powers of two: dividing and multiplying by them loses nothing.
            assert (np.frexp(factors)[0] == 0.5).all()
    graph = layers.build(
        encoder.architecture,
        [encoder.base.layer(0)],
        encoder.base.embedding_norm(),
        precision="fp32",
        middle=True,
    )
    (states,) = inputs(encoder, ["Is there a warranty on the blender?"])
    middle = layers.session(graph, 1).run(["middle"], {"states": states[None]})[0][0]
    largest = int(np.abs(middle).max(0).argmax())
    assert balance[0]["up"][largest] >= 4 * np.median(balance[0]["up"])


def test_it_keeps_vectors_nearer_to_full_precision() -> None:
    encoder = Encoder.load("bundled")
    base = encoder.base
    arrays = [base.layer(at) for at in range(encoder.architecture.layers)]
    asked = inputs(encoder, ["这款被子能机洗吗", "my dog chewed the remote", "0.5 x 12 = ?"])
    parts = (encoder.architecture, arrays, base.embedding_norm())

    def means(graph: bytes) -> np.ndarray:
        session = layers.session(graph, 1)
        return np.stack([session.run(None, {"states": x[None]})[0][0].mean(0) for x in asked])

    exact = means(layers.build(*parts, precision="fp32"))
    plain = means(layers.build(*parts))
    even = means(encoder.graph(0, arrays))
    assert np.abs(even - exact).mean() < 0.7 * np.abs(plain - exact).mean()


def test_kept_in_a_file_and_read() -> None:
    balance = [
        {part: np.full(3, 2.0**at, np.float32) for part in ("qkv", "up")} for at in range(12)
    ]
    again = unflattened(flattened(balance))
    assert [each["up"].tolist() for each in again] == [each["up"].tolist() for each in balance]


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
@pytest.mark.parametrize("size", [0.02, 1, 20])
def test_activations_small_and_large(activation: str, size: float) -> None:
    """A subword's activations have their own scale, whose negative end is never cut off."""
    base = Encoder.load("bundled").base
    shape = replace(base.architecture, activation=activation)
    arrays = base.layer(3)
    arrays["up.weight"] = arrays["up.weight"] * size
    # Every other one is where GELU is most negative.
    arrays["up.bias"] = np.where(np.arange(shape.intermediate) % 2, -0.75, 0.1).astype(np.float32)
    states = np.random.default_rng(0).normal(size=(1, 3, shape.hidden)).astype(np.float32)
    graphs = [layers.build(shape, [arrays], precision=each) for each in layers.PRECISIONS]
    eight, full = (layers.session(g, 1).run(None, {"states": states})[0][0] for g in graphs)
    cosine = (eight * full).sum(1) / np.linalg.norm(eight, axis=1) / np.linalg.norm(full, axis=1)
    assert cosine.min() > 0.999
