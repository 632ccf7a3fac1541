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
#: None of them, nor one like it, is among the texts that the model is measured on.
UNMEASURED = [
    "Is there a warranty on the blender if the jug cracks?",
    "这款被子能机洗吗，会不会缩水",
    "my dog chewed the remote lol",
    "三文鱼要冷链运输，大概几点能送到",
    "0.5 x 12 = ?",
    "Der Bildschirm flackert seit gestern.",
]
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


def test_a_text_is_the_same_alone_and_among_others(tiny_bert: Path) -> None:
    for name in ("bundled", str(tiny_bert)):
        encoder = Encoder.load(name)
        together = encoder.encode(TEXTS)
        alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
        assert np.array_equal(together, alone)
        assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5
        threads = Encoder(encoder.base, threads=2).encode(TEXTS * 100)
        assert cosine(threads, np.tile(alone, (100, 1))).min() > 0.999999


def test_eight_bits_are_near_to_full_precision() -> None:
    """The angle between texts is what counts: all vectors of this model share a direction."""
    full = Encoder.load("bundled", precision="fp32").encode(UNMEASURED)
    eight = Encoder.load("bundled").encode(UNMEASURED)
    assert cosine(eight, full).min() > 0.9995
    assert cosine(eight - full.mean(0), full - full.mean(0)).min() > 0.997


def test_two_halves_are_the_whole(tiny_bert: Path) -> None:
    encoder = Encoder.load(str(tiny_bert))
    prepared = [encoder.prepare(text) for text in TEXTS]
    rows = list(encoder.run(prepared, 1))
    upper = encoder.resume(rows, encoder.layers(1, 3))
    for states, whole in zip(upper, encoder.run(prepared), strict=True):
        assert cosine(states, whole).min() > 0.999


@pytest.mark.parametrize(("precision", "loss"), [("int8", 0.01), ("fp32", 0)])
def test_layers_can_be_read_back(tiny_bert: Path, precision: str, loss: float) -> None:
    encoder = Encoder.load(str(tiny_bert), precision=precision)
    base = encoder.base
    arrays = [base.layer(1), base.layer(2)]
    again = layers.read_back(encoder.graph(1, arrays), base.architecture)
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
    prepared = [encoder.prepare(text) for text in TEXTS]
    for text, states in zip(prepared, encoder.run(prepared), strict=True):
        with torch.no_grad():
            expected = oracle(torch.tensor(text.ids[None])).last_hidden_state[0].numpy()
        # The exported weights are float16.
        assert cosine(states, expected).min() > 0.99999
    assert encoder.fingerprint() != Encoder.load(str(tiny_bert)).fingerprint()


def test_torch_layer_is_the_graph(tiny_bert: Path) -> None:
    import torch

    from xiaoer.lm.trainable import TrainableStack

    base = Encoder.load(str(tiny_bert)).base
    arrays = [base.layer(i) for i in range(3)]
    stack = TrainableStack(base.architecture, arrays).eval()
    states = np.random.default_rng(0).normal(size=(1, 5, 64)).astype(np.float32)
    with torch.no_grad():
        torch_states = stack(torch.from_numpy(states), torch.ones(1, 5).bool()).numpy()
    session = layers.session(layers.build(base.architecture, arrays), 1)
    assert cosine(torch_states, session.run(None, {"states": states})[0]).min() > 0.999
    for before, after in zip(arrays, stack.exported(), strict=True):
        assert all(np.array_equal(before[name], after[name]) for name in before)


def test_long_and_strange_texts(tiny_bert: Path) -> None:
    for name in ("bundled", str(tiny_bert)):
        encoder = Encoder.load(name)
        texts = ["手机" * 5000, "", " ", "\ud83d", "\x00\x07", "😀" * 50]
        assert np.isfinite(encoder.encode(texts, max_tokens=64)).all()
        assert all(len(encoder.prepare(text, max_tokens=64).ids) <= 64 for text in texts)
    assert Encoder.load("bundled").encode([]).shape == (0, 384)


def test_a_text_is_split_once(tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder(Encoder.load(str(tiny_bert)).base)
    asked: list[str] = []
    split = encoder.base.subwords
    monkeypatch.setattr(encoder.base, "subwords", lambda text: asked.append(text) or split(text))
    spans = encoder.subwords("i want phones")
    prepared = encoder.prepare("i want phones")
    assert [tuple(span) for span in prepared.offsets.tolist()] == spans
    assert len(asked) == 1
    other = encoder.prepare("hello?")
    assert len(asked) == 2
    assert encoder.prepare("i want phones").ids.tolist() == prepared.ids.tolist()
    assert encoder.prepare("hello?", "passage").ids.tolist() == other.ids.tolist()
    assert len(asked) == 4


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
