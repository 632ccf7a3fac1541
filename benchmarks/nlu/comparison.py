"""Which pipelines are trained on a data set, and the measurement of them all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.harness import Figure
from benchmarks.nlu import pipelines
from benchmarks.nlu.datasets import Dataset, Example
from benchmarks.nlu.figures import HEADS, OURS, figures_of, setting, threshold_figures
from benchmarks.nlu.measure import measured, predicted
from benchmarks.nlu.project import Pipeline
from benchmarks.nlu.seeds import averaged
from benchmarks.nlu.suites import Suite
from benchmarks.nlu.threshold import chosen_threshold

_FOLDS, _QUICK_FOLDS = 5, 2


@dataclass(frozen=True)
class Options:
    """What is compared, and how much of it.

    Attributes:
        seed: Of all randomness; the first one.
        peer: `diet`, which brings CRFEntityExtractor along where there are entities alone; `crf`;
            or `None`.
        against: A key of BertIntentEntityClassifier and the value to compare the default with.
        quick: Whether a small part of the data will do; targets are then left out.
        seeds: How many times to train, with consecutive seeds.
    """

    seed: int
    peer: str | None = None
    against: tuple[str, Any] | None = None
    quick: bool = False
    seeds: int = 1

    def by_seed(self) -> list[Options]:
        """Return the same for each seed."""
        return [replace(self, seed=self.seed + number, seeds=1) for number in range(self.seeds)]

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
    name: str,
    suite: Suite,
    dataset: Dataset,
    trainings: Sequence[tuple[Options, dict[str, Pipeline]]],
) -> list[Figure]:
    """Return the figures of one data set, each named after it: means over the seeds.

    Args:
        name: Of the data set.
        suite: Says what is measured.
        dataset: What is learned and tested.
        trainings: Options and pipelines of each seed.
    """
    runs = []
    for number, (options, made) in enumerate(trainings, 1):
        said = name if len(trainings) == 1 else f"{name}, seed {number} of {len(trainings)}"
        runs.append(_one_seed(said, suite, dataset, made, options))
    figures = averaged(runs)
    for figure in figures:
        figure.name = f"{name}: {figure.name}"
        if trainings[0][0].quick:
            figure.target = ""
    return figures


def _one_seed(
    name: str, suite: Suite, dataset: Dataset, made: dict[str, Pipeline], options: Options
) -> list[Figure]:
    """Measure all pipelines once."""
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
    return figures
