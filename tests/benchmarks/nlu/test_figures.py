"""Runs become figures with the targets, peers and published results of their suite."""

from __future__ import annotations

import pytest

from benchmarks.harness import Figure
from benchmarks.nlu import pipelines
from benchmarks.nlu.comparison import Options
from benchmarks.nlu.datasets import Dataset, Example, Span
from benchmarks.nlu.figures import HEADS, OURS, figures_of, threshold_figures
from benchmarks.nlu.measure import Run
from benchmarks.nlu.metrics import Prediction
from benchmarks.nlu.suites import SUITES

SCOPE = Dataset(
    (Example("a", "x"), Example("b", "y")),
    (Example("c", "x"), Example("d", "y"), Example("e", None)),
)
TITLES = Dataset(
    (Example("灯", None, (Span(0, 1, "HCCX"),)),), (Example("灯", None, (Span(0, 1, "HCCX"),)),)
)
COSTS = ("train", "load", "p50", "p95", "memory", "training memory", "archive")


def test_costs_stand_beside_those_of_diet() -> None:
    runs = {
        OURS: Run([Prediction("x", 1.0), Prediction("y", 1.0), Prediction("x", 0.1)], _costs(1)),
        pipelines.DIET: Run([Prediction("x", 1.0)] * 3, _costs(4)),
        HEADS: Run([Prediction("y", 1.0)] * 3, _costs(0.1)),
    }

    figures = _by_name(figures_of(SUITES["sofmattress"], SCOPE, runs))

    accuracy = figures["intent accuracy"]
    assert (accuracy.value, accuracy.peer, accuracy.target) == (100, 50, ">= 77")
    assert "BERT 73.6" in accuracy.published
    assert figures["intent accuracy, points above DIETClassifier"].value == 50
    assert figures["intent accuracy, points above DIETClassifier"].met
    assert (figures["training"].value, figures["training"].peer) == (1, 4)
    for name, target in (("training", 0.333), ("loading", 0.25), ("a message, p50", 0.5)):
        ratio = figures[f"{name}, ratio to DIETClassifier"]
        assert (ratio.value, ratio.target) == (0.25, f"<= {target}")
    assert figures["training, its heads alone, ratio to DIETClassifier"].value == 0.025
    assert figures["intent accuracy, its heads alone"].value == 50
    assert figures["expected calibration error"].target == "<= 0.05"


def test_entities_are_to_be_above_every_peer() -> None:
    right = Prediction(None, 0.0, (Span(0, 1, "HCCX"),))
    runs = {
        OURS: Run([right], _costs(1)),
        pipelines.DIET: Run(
            [Prediction(None, 0.0, (*right.entities, Span(1, 2, "HCCX")))], _costs(2)
        ),
        pipelines.CRF: Run([right], _costs(2)),
    }

    figures = _by_name(figures_of(SUITES["ecommerce-ner-zh"], TITLES, runs))

    assert figures["entity F1, points above DIETClassifier"].met is True
    assert figures["entity F1, points above CRFEntityExtractor"].met is False
    assert not any("intent" in name for name in figures)


def test_a_peer_that_finds_nothing_proves_nothing() -> None:
    runs = {
        OURS: Run([Prediction(None, 0.0, (Span(0, 1, "HCCX"),))], _costs(1)),
        pipelines.CRF: Run([Prediction(None, 0.0)], _costs(2)),
    }

    figures = _by_name(figures_of(SUITES["ecommerce-ner-zh"], TITLES, runs))

    assert figures["entity F1, points above CRFEntityExtractor"].met is not True


def test_a_precision_may_lose_three_tenths_of_a_point() -> None:
    runs = {
        OURS: Run([Prediction("x", 1.0)] * 3, _costs(1)),
        "precision=fp32": Run(
            [Prediction("x", 1.0), Prediction("y", 1.0), Prediction("x", 1.0)], _costs(2)
        ),
    }

    figures = _by_name(
        figures_of(SUITES["sofmattress"], SCOPE, runs, against=("precision", "fp32"))
    )

    lost = figures["intent accuracy, points lost against precision=fp32"]
    assert (lost.value, lost.met) == (50, False)
    assert figures["training, precision=fp32"].value == 2


def test_a_threshold_is_judged_on_all_messages() -> None:
    predictions = [Prediction("x", 0.9), Prediction("y", 0.2), Prediction("x", 0.3)]

    figures = _by_name(threshold_figures(SUITES["sofmattress"], SCOPE, predictions, 0.5))

    overall = figures["overall accuracy at the threshold"]
    assert overall.value == pytest.approx(200 / 3)
    assert overall.target == ">= 72"
    assert figures["out-of-scope recall at the threshold"].value == 100


@pytest.mark.parametrize(
    ("suite", "dataset", "peer", "names"),
    [
        ("snips", SCOPE, None, [OURS]),
        ("snips", SCOPE, "diet", [OURS, "DIETClassifier"]),
        ("snips", SCOPE, "crf", [OURS]),
        ("sofmattress", SCOPE, "diet", [OURS, "DIETClassifier", HEADS]),
        ("snips", TITLES, "diet", [OURS, "DIETClassifier", "CRFEntityExtractor"]),
        ("snips", TITLES, "crf", [OURS, "CRFEntityExtractor"]),
    ],
)
def test_peers_are_those_that_can_do_the_task(
    suite: str, dataset: Dataset, peer: str | None, names: list[str]
) -> None:
    assert list(Options(1, peer).pipelines(SUITES[suite], dataset)) == names


def _costs(scale: float) -> dict[str, float]:
    return dict.fromkeys(COSTS, scale)


def _by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}
