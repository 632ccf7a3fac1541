"""Encoders of any base: the graph against torch, batches, errors, and a server without torch."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from xiaoer.lm import Encoder, LanguageModelError, layers
from xiaoer.lm import encoder as encoder_module

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["我想买红色的手机", "i want phones", "hello?", "退货", "[SEP] 😀"]


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encoders of earlier tests are forgotten."""
    monkeypatch.setattr(encoder_module, "_loaded", {})


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)


def test_folder_gives_the_states_of_transformers(tiny_bert: Path) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_bert)
    model = AutoModel.from_pretrained(tiny_bert).eval()
    encoder = Encoder.load(str(tiny_bert))
    for text, ours in zip(TEXTS[:4], encoder.encode_tokens(TEXTS[:4]), strict=True):
        inputs = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            states = model(**inputs).last_hidden_state[0].numpy()
        assert encoder.prepare(text).ids.tolist() == inputs["input_ids"][0].tolist()
        assert cosine(ours.states, states[1:-1]).min() > 0.999
        assert cosine(ours.mean, states.mean(0)) > 0.999


def test_batches_change_nothing(tiny_bert: Path) -> None:
    for name in ("bundled", str(tiny_bert)):
        encoder = Encoder.load(name)
        together = encoder.encode(TEXTS)
        alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
        assert cosine(together, alone).min() > 0.999
        assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5
        threads = Encoder(encoder.base, threads=2).encode(TEXTS * 100)
        assert cosine(threads[: len(TEXTS)], alone).min() > 0.999


def test_two_halves_are_the_whole(tiny_bert: Path) -> None:
    encoder = Encoder.load(str(tiny_bert))
    prepared = [encoder.prepare(text) for text in TEXTS]
    whole = dict(encoder.run(prepared))
    lower = dict(encoder.run(prepared, 1))
    rows = [lower[at] for at in range(len(TEXTS))]
    for at, states in encoder.resume(rows, encoder.layers(1, 3)):
        assert cosine(states, whole[at]).min() > 0.999


@pytest.mark.parametrize(("precision", "loss"), [("int8", 0.01), ("fp32", 0)])
def test_layers_can_be_read_back(tiny_bert: Path, precision: str, loss: float) -> None:
    base = Encoder.load(str(tiny_bert)).base
    arrays = [base.layer(0), base.layer(1)]
    graph = layers.build(base.architecture, arrays, precision=precision)
    again = layers.read_back(graph, base.architecture)
    assert len(again) == 2
    for before, after in zip(arrays, again, strict=True):
        assert before.keys() == after.keys()
        for name in before:
            most = np.abs(before[name]).max() * loss
            assert np.abs(before[name] - after[name]).max() <= most


def test_full_precision_is_torchs(tiny_bert: Path) -> None:
    import torch
    from transformers import AutoModel

    encoder = Encoder.load(str(tiny_bert), precision="fp32")
    oracle = AutoModel.from_pretrained(str(tiny_bert)).eval()
    for at, states in encoder.run([encoder.prepare(text) for text in TEXTS]):
        with torch.no_grad():
            ids = torch.tensor(encoder.prepare(TEXTS[at]).ids[None])
            expected = oracle(ids).last_hidden_state[0].numpy()
        # The exported weights are float16.
        assert cosine(states, expected).min() > 0.99999
    assert encoder.fingerprint() != Encoder.load(str(tiny_bert)).fingerprint()


def test_torch_layer_is_the_graph(tiny_bert: Path) -> None:
    import torch

    from xiaoer.lm.trainable import TrainableStack

    base = Encoder.load(str(tiny_bert)).base
    arrays = [base.layer(i) for i in range(3)]
    stack = TrainableStack(base.architecture, arrays).eval()
    states = np.random.default_rng(0).normal(size=(2, 5, 64)).astype(np.float32)
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.int32)
    with torch.no_grad():
        torch_states = stack(torch.from_numpy(states), torch.from_numpy(mask).bool()).numpy()
    session = layers.session(layers.build(base.architecture, arrays), 1)
    graph_states = session.run(None, {"states": states, "mask": mask})[0]
    assert cosine(torch_states, graph_states)[mask == 1].min() > 0.999
    for before, after in zip(arrays, stack.exported(), strict=True):
        assert all(np.array_equal(before[name], after[name]) for name in before)


def test_long_and_strange_texts(tiny_bert: Path) -> None:
    for name in ("bundled", str(tiny_bert)):
        encoder = Encoder.load(name)
        texts = ["手机" * 5000, "", " ", "\ud83d", "\x00\x07", "😀" * 50]
        assert np.isfinite(encoder.encode(texts, max_tokens=64)).all()
        assert all(len(encoder.prepare(text, max_tokens=64).ids) <= 64 for text in texts)
    assert Encoder.load("bundled").encode([]).shape == (0, 384)


def test_kind_is_checked() -> None:
    with pytest.raises(ValueError, match="query, passage or None"):
        Encoder.load("bundled").encode(["a"], kind="question")


def test_fingerprint_follows_the_weights(tiny_bert: Path, tmp_path: Path, fresh: None) -> None:
    import shutil

    from safetensors.numpy import load_file, save_file

    before = Encoder.load(str(tiny_bert)).fingerprint()
    copy = tmp_path / "copy"
    shutil.copytree(tiny_bert, copy)
    arrays = load_file(copy / "model.safetensors")
    arrays["encoder.layer.0.output.dense.bias"] += 1
    save_file(arrays, copy / "model.safetensors", metadata={"format": "pt"})
    after = Encoder.load(str(copy)).fingerprint()
    assert before.split("@")[1] != after.split("@")[1]
    encoder_module._loaded.clear()
    assert Encoder.load(str(tiny_bert)).fingerprint() == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no such model", "write `bundled`, the path of a folder"),
        ("./nowhere/at/all", "write `bundled`, the path of a folder"),
    ],
)
def test_unknown_name_is_one_sentence(name: str, said: str) -> None:
    with pytest.raises(LanguageModelError, match=said) as raised:
        Encoder.load(name)
    assert "\n" not in str(raised.value)


def test_damaged_copy_in_the_cache(tiny_bert: Path, model_cache: Path, fresh: None) -> None:
    Encoder.load(str(tiny_bert))
    folder = next(path for path in model_cache.glob("models-*/folder-tiny-bert*") if path.is_dir())
    words = (folder / "words.npy").read_bytes()
    (folder / "words.npy").write_bytes(b"rubbish")
    encoder_module._loaded.clear()
    try:
        with pytest.raises(LanguageModelError, match="delete that folder"):
            Encoder.load(str(tiny_bert))
    finally:
        (folder / "words.npy").write_bytes(words)


@pytest.mark.parametrize("which", ["bundled", "folder"])
def test_no_torch_in_a_server(which: str, tiny_bert: Path, tmp_path: Path) -> None:
    name = "bundled" if which == "bundled" else str(tiny_bert)
    script = (
        "import sys\nfrom xiaoer.lm import Encoder\n"
        f"print(Encoder.load({name!r}).encode(['hello']).shape)\n"
        "print([m for m in ('torch', 'transformers', 'tensorflow') if m in sys.modules])"
    )
    # An empty cache: even the first start, which exports the model, stays without torch.
    environment = {
        **os.environ,
        "XIAOER_CACHE_DIR": str(tmp_path / "empty"),
        "PYTHONPATH": str(ROOT / "components"),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
