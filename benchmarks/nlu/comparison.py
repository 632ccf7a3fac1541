"""Which pipelines are trained on a data set, and the measurement of them all."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from benchmarks.harness import Figure
from benchmarks.nlu import pipelines
from benchmarks.nlu.datasets import Dataset, Example
from benchmarks.nlu.figures import HEADS, OURS, figures_of, setting, threshold_figures
from benchmarks.nlu.measure import measured, predicted
from benchmarks.nlu.project import Pipeline
from benchmarks.nlu.suites import Suite
from benchmarks.nlu.threshold import chosen_threshold

_FOLDS, _QUICK_FOLDS = 5, 2


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
            made[setting(self.against)] = pipelines.ours(self.seed, dict([self.against]))
        return made


def warm_up(seed: int) -> None:
    """Train once on next to nothing: files that are made once a machine are not measured."""
    few = [Example(f"{text} {number}", text) for text in ("hello", "bye") for number in range(2)]
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
            lambda train, held_out: predicted(suite.language, made[OURS], train, held_out),
        )
        figures += threshold_figures(suite, dataset, runs[OURS].predictions, threshold)
    for figure in figures:
        figure.name = f"{name}: {figure.name}"
        if options.quick:
            figure.target = ""
    return figures
