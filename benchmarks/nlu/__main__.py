"""BertIntentEntityClassifier on public data sets, trained through Rasa, beside Rasa's components.

Its keys are left at their defaults for all data sets. Nothing is chosen on test data. Each training
runs in a process of its own, and so does each model that answers, one message at a time.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.harness import Figure, parser, report
from benchmarks.nlu.comparison import Options, compare, warm_up
from benchmarks.nlu.datasets import DataError
from benchmarks.nlu.pipelines import PipelineError
from benchmarks.nlu.suites import SUITES


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.prog = "python -m benchmarks.nlu"
    options.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    options.add_argument("--suite", choices=[*SUITES, "all"], required=True, help="data set")
    options.add_argument("--peer", choices=["diet", "crf"], help="train this in the same run")
    options.add_argument(
        "--against",
        type=_setting,
        metavar="KEY=VALUE",
        help="train a second time with this key of BertIntentEntityClassifier changed",
    )
    options.add_argument(
        "--train",
        type=_number,
        metavar="N",
        help="train on N messages, drawn by the seed, instead of on all: for a peer that takes long",
    )
    options.add_argument("--quick", action="store_true", help="a small part, to see that it runs")
    arguments = options.parse_args()
    names = list(SUITES) if arguments.suite == "all" else [arguments.suite]
    chosen = Options(
        arguments.seed, arguments.peer, arguments.against, arguments.quick, arguments.train
    )
    try:
        figures = _measured(names, arguments.data, chosen)
    except (DataError, PipelineError) as error:
        options.error(str(error))
    return report("nlu quick" if arguments.quick else "nlu", figures, arguments)


def _measured(names: list[str], data: Path, options: Options) -> list[Figure]:
    """Read and plan everything first: what is missing is said before an hour has passed."""
    plans = []
    for name in names:
        suite = SUITES[name]
        dataset = suite.read(data / suite.folder, options.seed)
        if options.train and options.train < len(dataset.train):
            dataset = dataset.learning_from(options.train, options.seed)
            # What others reached and what is to be reached is for all training messages.
            suite = replace(suite, targets={}, published={})
            name = f"{name}, {options.train:,} messages"
        if options.quick:
            dataset = dataset.quick(options.seed)
        plans.append((name, suite, dataset, options.pipelines(suite, dataset)))
    if not options.quick:
        warm_up(options.seed)
    figures: list[Figure] = []
    for plan in plans:
        figures += compare(*plan, options)
    return figures


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("write a whole number from 1 on")
    return int(text)


def _setting(text: str) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise argparse.ArgumentTypeError("write KEY=VALUE, for example trainable_layers=0")
    return key, yaml.safe_load(value)


if __name__ == "__main__":
    raise SystemExit(main())
