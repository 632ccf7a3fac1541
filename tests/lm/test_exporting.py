"""Checkpoints that cannot be used say why in one sentence; those of the hub's cache work offline."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from tests.lm.checkpoints import CHECKPOINTS, byte_tokenizer
from xiaoer.lm import Encoder, LanguageModelError
from xiaoer.lm.exported import ExportedModel
from xiaoer.lm.exporting import export

ROOT = Path(__file__).resolve().parents[2]
Change = Callable[[Path], object]


def configured(**values: object) -> Change:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")

    return change


def written(file: str, content: str) -> Change:
    return lambda folder: (folder / file).write_text(content, "utf-8")


def without(file: str) -> Change:
    return lambda folder: (folder / file).unlink()


def _without_an_array(folder: Path) -> None:
    arrays = load_file(folder / "model.safetensors")
    del arrays["encoder.layer.1.output.dense.bias"]
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})


def _other_tokenizer(folder: Path) -> None:
    byte_tokenizer().save(str(folder / "tokenizer.json"))


def _sentencepiece(folder: Path) -> None:
    (folder / "vocab.txt").unlink()
    configured(model_type="xlm-roberta", pad_token_id=1)(folder)
    (folder / "sentencepiece.bpe.model").write_bytes(b"\x0a\x0e\x0a\x05<unk>\x15")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("model.safetensors"), "no file named model.safetensors"),
        (written("model.safetensors", "rubbish"), "cannot be read as a model"),
        (_without_an_array, "encoder.layer.1.output.dense.bias is missing"),
        (configured(num_hidden_layers=4), "are missing, so save or download the model again"),
        (configured(hidden_size=32), "cannot be read as a model"),
        (without("vocab.txt"), "has no tokenizer that can be read"),
        (written("tokenizer.json", "{"), r"tokenizer.json of .* cannot be read"),
        (_other_tokenizer, "the files are those of two models"),
        (_sentencepiece, "has no tokenizer that can be read.*SentencePiece"),
        (configured(hidden_act="silu"), "activation silu"),
        (configured(position_embedding_type="relative_key"), "positions of the kind relative_key"),
        (configured(is_decoder=True), "left to right"),
        (written("config_sentence_transformers.json", "["), "is damaged"),
    ],
    ids=[
        "no weights",
        "damaged weights",
        "one array missing",
        "more layers said than there",
        "other width said",
        "no tokenizer",
        "damaged tokenizer",
        "another tokenizer",
        "sentencepiece",
        "activation",
        "positions",
        "decoder",
        "damaged prompts",
    ],
)
def test_a_folder_that_cannot_be_used(
    tiny_bert: Path, tmp_path: Path, change: Change, said: str
) -> None:
    folder, exported = tmp_path / "model", tmp_path / "exported"
    shutil.copytree(tiny_bert, folder)
    exported.mkdir()
    change(folder)
    with pytest.raises(LanguageModelError, match=said) as raised:
        export(str(folder), exported)
    assert "\n" not in str(raised.value)
    assert not list(exported.iterdir())


@pytest.mark.parametrize("model_type", ["gpt2", "t5", "llama", "mpnet", "deberta-v2", "clip"])
def test_other_kinds_of_model(tmp_path: Path, model_type: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": model_type}), "utf-8")
    with pytest.raises(LanguageModelError, match=f"of type {model_type}, .* use an encoder of"):
        Encoder.load(str(tmp_path))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "holds no model"),
        ("{}", "of no type that config.json names"),
        ("{", "config.json is damaged"),
        ("[]", "config.json is damaged"),
    ],
)
def test_a_folder_without_a_model(tmp_path: Path, config: str | None, said: str) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config, "utf-8")
    with pytest.raises(LanguageModelError, match=said):
        Encoder.load(str(tmp_path))


def test_a_file_in_place_of_its_folder(tiny_bert: Path) -> None:
    with pytest.raises(LanguageModelError, match="is a file: `model` names the folder"):
        Encoder.load(str(tiny_bert / "model.safetensors"))


def test_hub_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The sentence comes from the process that exports."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(LanguageModelError, match=r"no folder .*could not be fetched") as raised:
        Encoder.load("someone/never-published-bert")
    assert "\n" not in str(raised.value)


def test_an_id_without_the_hub(
    tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the hub's cache holds is enough; once exported, not even that is needed."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    repository = tmp_path / "hub" / "models--shop--tiny_bert"
    shutil.copytree(tiny_bert, repository / "snapshots" / "0123abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abc", "utf-8")
    script = (
        "from xiaoer.lm import Encoder\n"
        "encoder = Encoder.load('shop/tiny_bert')\n"
        "print(encoder.base.digest, encoder.encode(['hello']).shape)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "components")}
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
        shutil.rmtree(repository, ignore_errors=True)
    assert said[0] == said[1] == f"{Encoder.load(str(tiny_bert)).base.digest} (1, 64)\n"


@pytest.mark.parametrize(
    ("called", "prompts", "prefixes"),
    [
        ("some-bert", None, ("", "")),
        ("some-bert", {"query": "q: ", "passage": "p: "}, ("q: ", "p: ")),
        (
            "some-bert",
            {"query": "为这个句子生成表示：", "document": "d: "},
            ("为这个句子生成表示：", "d: "),
        ),
        ("my-e5-small", None, ("query: ", "passage: ")),
        ("my-e5-small", {}, ("query: ", "passage: ")),
        ("e50", None, ("", "")),
    ],
)
def test_prefixes(
    tiny_bert: Path,
    tmp_path: Path,
    called: str,
    prompts: dict[str, str] | None,
    prefixes: tuple[str, str],
) -> None:
    folder = tmp_path / called
    shutil.copytree(tiny_bert, folder)
    if prompts is not None:
        written("config_sentence_transformers.json", json.dumps({"prompts": prompts}))(folder)
    exported = tmp_path / "exported"
    exported.mkdir()
    export(str(folder), exported)
    architecture = ExportedModel(called, exported).architecture
    assert (architecture.query_prefix, architecture.passage_prefix) == prefixes


def test_a_shared_layer_is_stored_once(tmp_path: Path) -> None:
    folder = CHECKPOINTS["albert"](tmp_path / "albert")
    exported = tmp_path / "exported"
    exported.mkdir()
    export(str(folder), exported)
    names = load_file(exported / "rest.safetensors").keys()
    assert {name.split(".")[0] for name in names} == {"0", "norm", "positions", "projection"}
    assert ExportedModel("albert", exported).architecture.layers == 4
