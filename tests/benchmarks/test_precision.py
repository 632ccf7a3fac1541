"""The same weights are served in both precisions."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.precision import quantised
from tests.benchmarks.command import run
from tests.benchmarks.nlu.small_snips import CITIES, snips
from xiaoer.lm import Encoder
from xiaoer.nlu.joint_classifier import JointClassifier


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_both_precisions_answer_and_what_is_lost_is_told(tmp_path: Path) -> None:
    snips(tmp_path / "data" / "snips", CITIES[:4], CITIES[4:])
    out = tmp_path / "figures.json"
    chosen = ["--data", tmp_path / "data", "--suite", "snips", "--train", "15", "--out", out]

    done = run("benchmarks.precision", *chosen)

    assert done.returncode == 0, done.stderr
    figures = {
        figure["name"].removeprefix("snips, 15 messages: "): figure
        for figure in json.loads(out.read_text())["figures"]
    }
    for key in ("intent accuracy", "entity F1", "sentence accuracy"):
        found, lost = figures[f"{key}, int8"], figures[f"{key}, lost"]
        assert found["peer"] > 60, key
        assert lost["value"] == pytest.approx(found["peer"] - found["value"])
        assert lost["target"] == "<= 0.3"


def test_trained_layers_are_written_in_eight_bits(tmp_path: Path) -> None:
    exact, eight = Encoder.load(precision="fp32"), Encoder.load(precision="int8")
    split = exact.architecture.layers - 2
    component = tmp_path / "model" / "components" / "train_xiaoer.nlu.BertIntentEntityClassifier1"
    component.mkdir(parents=True)
    arrays = [exact.base.layer(at) for at in range(split, split + 2)]
    before = JointClassifier(exact, split, upper=exact.graph(split, arrays))
    before.save(component)
    node = {"component": "xiaoer.nlu.BertIntentEntityClassifier", "config": {"precision": "fp32"}}
    (tmp_path / "model" / "metadata.json").write_text(json.dumps({"nodes": [node, {"a": [1]}]}))
    with tarfile.open(tmp_path / "fp32.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "model", ".")

    quantised(tmp_path / "fp32.tar.gz", tmp_path / "int8.tar.gz")

    with tarfile.open(tmp_path / "int8.tar.gz") as archive:
        archive.extractall(tmp_path / "after")
    metadata = json.loads((tmp_path / "after" / "metadata.json").read_text())
    assert metadata == {"nodes": [{**node, "config": {"precision": "int8"}}, {"a": [1]}]}
    after = JointClassifier.load(tmp_path / "after" / "components" / component.name, eight)
    assert len(after.upper or b"") < len(before.upper or b"") / 3
    text = [exact.prepare("我想退货 please")]
    for (_, full), (_, rounded) in zip(before.states(text), after.states(text), strict=True):
        a, b = full.mean(0), rounded.mean(0)
        assert float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) > 0.999
