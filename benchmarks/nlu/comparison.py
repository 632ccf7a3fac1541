"""Our pipeline beside the others on one data set, as figures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.harness import Figure
from benchmarks.nlu import metrics, pipelines
from benchmarks.nlu.datasets import Dataset, Example
from benchmarks.nlu.measure import Run, measured, predicted
from benchmarks.nlu.metrics import Prediction
from benchmarks.nlu.project import Pipeline
from benchmarks.nlu.suites import ACCURACY, ECE, F1, OVERALL, RECALL, SENTENCE, Suite
from benchmarks.nlu.threshold import chosen_threshold

OURS, HEADS = "BertIntentEntityClassifier", "its heads alone"
_FOLDS, _QUICK_FOLDS = 5, 2
#: What a precision may cost against float32, in points, by issue and documentation.
_PRECISION, _MAY_LOSE = "precision", "<= 0.3"
_COSTS = {
    "train": ("training", "s"),
    "load": ("loading", "s"),
    "p50": ("a message, p50", "ms"),
    "p95": ("a message, p95", "ms"),
    "memory": ("peak memory, answering", "MiB"),
    "training memory": ("peak memory, training", "MiB"),
    "archive": ("model archive", "MiB"),
}


@dataclass(frozen=True)
class Options:
    """What is compared, and how much of it.

    Attributes:
        seed: Of all randomness.
        peer: `diet`, which brings CRFEntityExtractor along where there are entities alone; `crf`;
            or `None`.
        against: A key of BertIntentEntityClassifier and the value to compare the default with.
        quick: Whether a small part of the data will do; targets are then left out.
    """

    seed: int
    peer: str | None = None
    against: tuple[str, Any] | None = None
    quick: bool = False

    def pipelines(self, suite: Suite, dataset: Dataset) -> dict[str, Pipeline]:
        """Return all pipelines by their names, ours first and then the main peer.

        Raises:
            PipelineError: If one of them cannot be built.
        """
        made = {OURS: pipelines.ours(self.seed)}
        if self.peer == "diet":
            made[pipelines.DIET] = pipelines.diet(suite.language, dataset, self.seed)
        if dataset.has_entities and (
            self.peer == "crf" or (self.peer == "diet" and not dataset.has_intents)
        ):
            made[pipelines.CRF] = pipelines.crf(suite.language)
        if self.peer == "diet" and suite.heads_target:
            made[HEADS] = pipelines.ours(self.seed, {"trainable_layers": 0})
        if self.against:
            key, value = self.against
            made[f"{key}={value}"] = pipelines.ours(self.seed, {key: value})
        return made


def warm_up(seed: int) -> None:
    """Train once on next to nothing: files that are made once a machine are not measured."""
    few = [Example(text, text) for text in ("hello", "bye")] * 2
    predicted("en", pipelines.ours(seed), few, few[:1])


def compare(
    name: str, suite: Suite, dataset: Dataset, made: dict[str, Pipeline], options: Options
) -> list[Figure]:
    """Measure all pipelines on one data set and return the figures, each named after it."""
    runs = {}
    for label, pipeline in made.items():
        print(f"{name}: {label} ...", file=sys.stderr, flush=True)
        runs[label] = measured(suite.language, pipeline, dataset.train, dataset.test)
    figures = figures_of(suite, dataset, runs, options.against)
    if suite.out_of_scope:
        print(f"{name}: threshold ...", file=sys.stderr, flush=True)
        threshold = chosen_threshold(
            dataset.train,
            _QUICK_FOLDS if options.quick else _FOLDS,
            options.seed,
            lambda train, test: predicted(suite.language, made[OURS], train, test),
        )
        figures += threshold_figures(suite, dataset, runs[OURS].predictions, threshold)
    for figure in figures:
        figure.name = f"{name}: {figure.name}"
        if options.quick:
            figure.target = ""
    return figures


def figures_of(
    suite: Suite, dataset: Dataset, runs: dict[str, Run], against: tuple[str, Any] | None = None
) -> list[Figure]:
    """Return quality and costs of our run beside the first peer's, and how they compare.

    Args:
        suite: Gives targets and published results.
        dataset: What was tested.
        runs: By the names that `Options.pipelines` gives.
        against: The key, and its other value, of a run that is named `key=value`.
    """
    peers = [label for label in (pipelines.DIET, pipelines.CRF) if label in runs]
    quality = {label: qualities(dataset, run.predictions) for label, run in runs.items()}
    theirs = quality[peers[0]] if peers else {}
    figures = [
        Figure(
            key,
            value,
            "" if key.startswith(ECE) else "%",
            theirs.get(key),
            suite.targets.get(key, ""),
            suite.published.get(key, ""),
        )
        for key, value in quality[OURS].items()
    ]
    for label in peers:
        figures += [
            Figure(
                f"{key}, points above {label}",
                quality[OURS][key] - value,
                "points",
                target=suite.lead.get(key, ""),
            )
            for key, value in quality[label].items()
            if not key.startswith(ECE)
        ]
    figures += _costs(suite, runs, peers)
    if HEADS in runs:
        figures += [
            Figure(f"{ACCURACY}, {HEADS}", quality[HEADS][ACCURACY], "%", theirs.get(ACCURACY)),
            Figure(
                f"training of {HEADS}, ratio to {peers[0]}",
                runs[HEADS].costs["train"] / runs[peers[0]].costs["train"],
                "",
                target=suite.heads_target,
            ),
        ]
    if against:
        label = f"{against[0]}={against[1]}"
        figures += [
            Figure(
                f"{key}, points lost against {label}",
                value - quality[OURS][key],
                "points",
                target=_MAY_LOSE if against[0] == _PRECISION else "",
            )
            for key, value in quality[label].items()
            if not key.startswith(ECE)
        ]
        for cost, (text, unit) in _COSTS.items():
            figures.append(Figure(f"{text}, {label}", runs[label].costs[cost], unit))
    return figures


def _costs(suite: Suite, runs: dict[str, Run], peers: list[str]) -> list[Figure]:
    figures = []
    for cost, (text, unit) in _COSTS.items():
        mine = runs[OURS].costs[cost]
        beside = runs[peers[0]].costs[cost] if peers else None
        figures.append(Figure(text, mine, unit, beside))
        for label in peers:
            target = suite.cost_targets.get(cost, "") if label == pipelines.DIET else ""
            ratio = mine / runs[label].costs[cost]
            figures.append(Figure(f"{text}, ratio to {label}", ratio, "", target=target))
    return figures


def threshold_figures(
    suite: Suite, dataset: Dataset, predictions: Sequence[Prediction], threshold: float
) -> list[Figure]:
    """Return what a threshold makes of the test data."""
    values = {
        OVERALL: metrics.overall_accuracy(dataset.test, predictions, threshold),
        RECALL: metrics.out_of_scope_recall(dataset.test, predictions, threshold),
    }
    return [Figure("threshold, from training data", threshold, "")] + [
        Figure(
            key,
            value,
            "%",
            target=suite.targets.get(key, ""),
            published=suite.published.get(key, ""),
        )
        for key, value in values.items()
    ]


def qualities(dataset: Dataset, predictions: Sequence[Prediction]) -> dict[str, float]:
    """Return what predictions are worth, by the names in `suites`, as far as they were made.

    CRFEntityExtractor, for one, predicts no intents.
    """
    test, found = dataset.test, {}
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
