"""Runs as figures: quality and costs of ours, beside peers, targets and published results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.harness import Figure
from benchmarks.nlu import metrics, pipelines
from benchmarks.nlu.datasets import Dataset
from benchmarks.nlu.measure import Run
from benchmarks.nlu.metrics import Prediction
from benchmarks.nlu.suites import ACCURACY, ECE, F1, OVERALL, RECALL, SENTENCE, Suite

OURS, HEADS = "BertIntentEntityClassifier", "its heads alone"
#: A precision other than float32 may lose so many points against it.
PRECISION, MAY_LOSE = "precision", "<= 0.3"
#: What each cost of a run is called, and its unit.
COSTS = {
    "train": ("training", "s"),
    "load": ("loading", "s"),
    "p50": ("a message, p50", "ms"),
    "p95": ("a message, p95", "ms"),
    "memory": ("peak memory, answering", "MiB"),
    "training memory": ("peak memory, training", "MiB"),
    "archive": ("model archive", "MiB"),
}
_Qualities = dict[str, dict[str, float]]


def setting(against: tuple[str, Any]) -> str:
    """Return the name of the run whose key differs from its default."""
    return f"{against[0]}={against[1]}"


def figures_of(
    suite: Suite, dataset: Dataset, runs: dict[str, Run], against: tuple[str, Any] | None = None
) -> list[Figure]:
    """Return quality and costs of our run beside the first peer's, and how they compare.

    Args:
        suite: Gives targets and published results.
        dataset: What was tested.
        runs: `OURS` and, as far as they were made, those of `pipelines.DIET`, `pipelines.CRF`,
            `HEADS` and `setting(against)`.
        against: A key of BertIntentEntityClassifier, and the value that was compared.
    """
    peers = [label for label in (pipelines.DIET, pipelines.CRF) if label in runs]
    quality = {label: qualities(dataset, run.predictions) for label, run in runs.items()}
    figures = _quality(suite, quality, peers) + _costs(suite, runs, peers)
    if HEADS in runs:
        figures += _heads(suite, runs, quality)
    if against:
        figures += _against(against, runs, quality)
    return figures


def qualities(dataset: Dataset, predictions: Sequence[Prediction]) -> dict[str, float]:
    """Return what predictions are worth, by the names in `suites`, as far as they were made.

    CRFEntityExtractor, for one, predicts no intents.
    """
    test = dataset.test
    found: dict[str, float] = {}
    intents = dataset.has_intents and any(guess.intent is not None for guess in predictions)
    if intents:
        found[ACCURACY] = metrics.intent_accuracy(test, predictions)
    if dataset.has_entities:
        found[F1] = metrics.entity_f1(test, predictions)
    if intents and dataset.has_entities:
        found[SENTENCE] = metrics.sentence_accuracy(test, predictions)
    if intents:
        found[ECE] = metrics.calibration_error(test, predictions)
        if any(example.intent is None for example in test):
            found[f"{ECE}, out of scope counted as wrong"] = metrics.calibration_error(
                test, predictions, in_scope=False
            )
    return found


def threshold_figures(
    suite: Suite, dataset: Dataset, predictions: Sequence[Prediction], threshold: float
) -> list[Figure]:
    """Return what a threshold makes of the test data."""
    values = {
        OVERALL: metrics.overall_accuracy(dataset.test, predictions, threshold),
        RECALL: metrics.out_of_scope_recall(dataset.test, predictions, threshold),
    }
    return [
        Figure("threshold, from training data", threshold, ""),
        *(_judged(suite, key, value) for key, value in values.items()),
    ]


def _judged(suite: Suite, key: str, value: float, peer: float | None = None) -> Figure:
    target, published = suite.targets.get(key, ""), suite.published.get(key, "")
    return Figure(key, value, unit_of(key), peer, target, published)


def unit_of(quality: str) -> str:
    """Return the unit of a quality: percent, or none for calibration errors."""
    return "" if quality.startswith(ECE) else "%"


def _quality(suite: Suite, quality: _Qualities, peers: list[str]) -> list[Figure]:
    theirs = quality[peers[0]] if peers else {}
    figures = [_judged(suite, key, value, theirs.get(key)) for key, value in quality[OURS].items()]
    for label in peers:
        for key in _percentages(quality[label]):
            points: float | None = quality[OURS][key] - quality[label][key]
            if quality[label][key] == 0:
                # A peer that finds nothing has not learned: being above it proves nothing.
                points = None
            name = f"{key}, points above {label}"
            figures.append(Figure(name, points, "points", target=suite.lead.get(key, "")))
    return figures


def _costs(suite: Suite, runs: dict[str, Run], peers: list[str]) -> list[Figure]:
    figures = []
    for cost, (text, unit) in COSTS.items():
        mine = runs[OURS].costs[cost]
        beside = runs[peers[0]].costs[cost] if peers else None
        figures.append(Figure(text, mine, unit, beside))
        for label in peers:
            target = suite.cost_targets.get(cost, "") if label == pipelines.DIET else ""
            ratio = mine / runs[label].costs[cost]
            figures.append(Figure(f"{text}, ratio to {label}", ratio, "", target=target))
    return figures


def _heads(suite: Suite, runs: dict[str, Run], quality: _Qualities) -> list[Figure]:
    heads, diet = runs[HEADS].costs["train"], runs[pipelines.DIET].costs["train"]
    accuracies = quality[HEADS][ACCURACY], quality[pipelines.DIET][ACCURACY]
    return [
        Figure(f"{ACCURACY}, {HEADS}", accuracies[0], "%", accuracies[1]),
        Figure(f"training, {HEADS}", heads, "s", diet),
        Figure(
            f"training, {HEADS}, ratio to {pipelines.DIET}",
            heads / diet,
            "",
            target=suite.heads_target,
        ),
    ]


def _against(against: tuple[str, Any], runs: dict[str, Run], quality: _Qualities) -> list[Figure]:
    label = setting(against)
    target = MAY_LOSE if against[0] == PRECISION else ""
    figures = []
    for key in _percentages(quality[label]):
        name, points = (
            f"{key}, points lost against {label}",
            quality[label][key] - quality[OURS][key],
        )
        figures.append(Figure(name, points, "points", target=target))
    for cost, (text, unit) in COSTS.items():
        figures.append(Figure(f"{text}, {label}", runs[label].costs[cost], unit))
    return figures


def _percentages(quality: dict[str, float]) -> list[str]:
    return [key for key in quality if unit_of(key)]
