"""The command trains through Rasa, has the models answer, and reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.command import run
from tests.benchmarks.nlu.small_snips import CITIES, snips

NLU = "benchmarks.nlu"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_quick_run_beside_a_peer_gives_all_figures(tmp_path: Path) -> None:
    snips(tmp_path / "data" / "snips", CITIES[:4], CITIES[4:])
    out = tmp_path / "figures.json"

    asked = ["--suite", "snips", "--quick", "--peer", "crf"]
    done = run(NLU, "--data", tmp_path / "data", *asked, "--out", out)

    assert done.returncode == 0, done.stderr
    document = json.loads(out.read_text())
    assert document["benchmark"] == "nlu quick"
    figures = {figure["name"].removeprefix("snips: "): figure for figure in document["figures"]}
    for name in ("intent accuracy", "entity F1", "sentence accuracy"):
        assert figures[name]["value"] > 60, name
        assert figures[name]["published"].startswith("JointBERT")
    # The words before a city are those of the training data: enough for a CRF.
    assert figures["entity F1"]["peer"] > 60
    assert figures["intent accuracy"]["peer"] is None
    for name in ("training", "loading", "a message, p50", "a message, p95", "model archive"):
        assert figures[name]["value"] > 0, name
        ratio = figures[f"{name}, ratio to CRFEntityExtractor"]["value"]
        assert ratio == pytest.approx(figures[name]["value"] / figures[name]["peer"])
    assert figures["a message, p50"]["value"] <= figures["a message, p95"]["value"]
    assert figures["peak memory, answering"]["value"] > 100
    assert all(figure["target"] == "" for figure in figures.values())
    assert "intent accuracy" in done.stdout


def test_a_missing_data_set_is_one_sentence(tmp_path: Path) -> None:
    done = run(NLU, "--data", tmp_path, "--suite", "snips")

    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].endswith("which files of it are read.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", ["0", "-5", "many"])
def test_no_part_to_learn_from_is_one_sentence(tmp_path: Path, number: str) -> None:
    done = run(NLU, "--data", tmp_path, "--suite", "snips", "--train", number)

    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].endswith("write a whole number from 1 on")


def test_two_seeds_on_a_part_to_learn_from(tmp_path: Path) -> None:
    snips(tmp_path / "data" / "snips", CITIES[:4], CITIES[4:])
    out = tmp_path / "figures.json"

    asked = ["--suite", "snips", "--train", "8", "--seeds", "2"]
    done = run(NLU, "--data", tmp_path / "data", *asked, "--out", out)

    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())["figures"]
    assert all(figure["name"].startswith("snips, 8 messages: ") for figure in figures)
    assert not any(figure["target"] or figure["published"] for figure in figures), "of the whole"
    names = [figure["name"].split(": ")[1] for figure in figures]
    assert names[:2] == ["intent accuracy", "intent accuracy, highest seed less lowest"]
    assert "seed 2 of 2: BertIntentEntityClassifier ..." in done.stderr
