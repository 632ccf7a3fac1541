"""BertIntentEntityClassifier on public data sets, trained through Rasa, beside Rasa's components.

Its keys are left at their defaults for all data sets. Nothing is chosen on test data. Each training
runs in a process of its own, and so does each model that answers, one message at a time.
"""

from __future__ import annotations

import argparse
from typing import Any

import yaml

from benchmarks.harness import Figure, parser, report
from benchmarks.nlu.comparison import Options, compare, warm_up
from benchmarks.nlu.datasets import DataError
from benchmarks.nlu.pipelines import PipelineError
from benchmarks.nlu.plans import Plan, add_options, plans, positive


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.prog = "python -m benchmarks.nlu"
    add_options(options)
    options.add_argument("--peer", choices=["diet", "crf"], help="train this in the same run")
    options.add_argument(
        "--against",
        type=_setting,
        metavar="KEY=VALUE",
        help="train a second time with this key of BertIntentEntityClassifier changed",
    )
    options.add_argument(
        "--seeds",
        type=positive,
        default=1,
        metavar="N",
        help="train so many times, with consecutive seeds from --seed on, and give the means",
    )
    options.add_argument("--quick", action="store_true", help="a small part, to see that it runs")
    arguments = options.parse_args()
    chosen = Options(
        arguments.seed, arguments.peer, arguments.against, arguments.quick, arguments.seeds
    )
    try:
        figures = _measured(plans(arguments), chosen)
    except (DataError, PipelineError) as error:
        options.error(str(error))
    return report("nlu quick" if arguments.quick else "nlu", figures, arguments)


def _measured(asked: list[Plan], options: Options) -> list[Figure]:
    """Make all pipelines first: what is missing is said before an hour has passed."""
    prepared = []
    for name, suite, dataset in asked:
        if options.quick:
            dataset = dataset.quick(options.seed)
        made = [(each, each.pipelines(suite, dataset)) for each in options.by_seed()]
        prepared.append((name, suite, dataset, made))
    if not options.quick:
        warm_up(options.seed)
    figures: list[Figure] = []
    for each in prepared:
        figures += compare(*each)
    return figures


def _setting(text: str) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise argparse.ArgumentTypeError("write KEY=VALUE, for example trainable_layers=0")
    return key, yaml.safe_load(value)


if __name__ == "__main__":
    raise SystemExit(main())
