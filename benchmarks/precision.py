"""What eight bits cost BertIntentEntityClassifier: the same trained weights served in both precisions.

A model is trained through Rasa with `precision: fp32`. Its archive is then written once more with the
weights in eight bits, as `precision: int8`, the default, keeps and serves them, and both archives
answer the same test messages. Two trainings would differ by chance, by more than what is asked here.
"""

from __future__ import annotations

import json
import tarfile
import tempfile
from pathlib import Path

from benchmarks.harness import Figure, parser, report
from benchmarks.nlu import pipelines
from benchmarks.nlu.comparison import warm_up
from benchmarks.nlu.datasets import DataError, Dataset
from benchmarks.nlu.figures import COSTS, MAY_LOSE, PRECISION, qualities, unit_of
from benchmarks.nlu.measure import measured, served
from benchmarks.nlu.plans import add_options, plans
from benchmarks.nlu.suites import Suite

_COSTS = ("p50", "archive")


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.prog = "python -m benchmarks.precision"
    add_options(options)
    arguments = options.parse_args()
    try:
        asked = plans(arguments)
    except DataError as error:
        options.error(str(error))
    warm_up(arguments.seed)
    figures: list[Figure] = []
    for name, suite, dataset in asked:
        figures += measure(name, suite, dataset, arguments.seed)
    return report("precision", figures, arguments)


def measure(name: str, suite: Suite, dataset: Dataset, seed: int) -> list[Figure]:
    """Return the figures of one data set, those of full precision as the peer's."""
    pipeline = pipelines.ours(seed, {PRECISION: "fp32"})
    with tempfile.TemporaryDirectory(prefix="xiaoer-precision-") as folder:
        full, eight = Path(folder) / "fp32.tar.gz", Path(folder) / "int8.tar.gz"
        before = measured(suite.language, pipeline, dataset.train, dataset.test, keep=full)
        quantised(full, eight)
        after = served(eight, [each.text for each in dataset.test])
    figures = []
    exact = qualities(dataset, before.predictions)
    for key, value in qualities(dataset, after.predictions).items():
        unit = unit_of(key)
        figures.append(Figure(f"{name}: {key}, int8", value, unit, exact[key]))
        if unit:
            lost = Figure(f"{name}: {key}, lost", exact[key] - value, "points", target=MAY_LOSE)
            figures.append(lost)
    for cost in _COSTS:
        text, unit = COSTS[cost]
        figures.append(Figure(f"{name}: {text}, int8", after.costs[cost], unit, before.costs[cost]))
    return figures


def quantised(model: Path, to: Path) -> None:
    """Write an archive again as if the same weights had been trained with `precision: int8`.

    Args:
        model: A Rasa model that was trained with `precision: fp32`.
        to: The new archive.
    """
    from xiaoer.archives import METADATA
    from xiaoer.lm import Encoder, layers
    from xiaoer.nlu.joint_classifier import JointClassifier

    with tempfile.TemporaryDirectory(prefix="xiaoer-precision-") as folder:
        with tarfile.open(model) as archive:
            archive.extractall(folder)
        for about in Path(folder).glob("components/*BertIntentEntityClassifier*/about.json"):
            found = JointClassifier.load(about.parent, Encoder.load(precision=layers.FP32))
            encoder = Encoder.load(precision=layers.INT8)
            upper = encoder.graph(found.split, found.upper_arrays()) if found.upper else None
            JointClassifier(encoder, found.split, found.intent, found.tag, upper).save(about.parent)
        metadata = Path(folder) / METADATA
        metadata.write_text(json.dumps(_changed(json.loads(metadata.read_text()))))
        with tarfile.open(to, "w:gz") as archive:
            archive.add(folder, ".")


def _changed(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: "int8" if key == PRECISION else _changed(inner) for key, inner in value.items()
        }
    return [_changed(inner) for inner in value] if isinstance(value, list) else value


if __name__ == "__main__":
    raise SystemExit(main())
