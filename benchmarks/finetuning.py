"""`rasa train nlu --finetune` with BertIntentEntityClassifier: what it learns, forgets and costs.

A model is trained on ten messages of each intent of BANKING77. Then some intents get more messages, and
it goes on learning from all of them; beside it, a model is trained on the same messages anew. Rasa
itself refuses to go on with intents that the first model did not know.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import Figure, parser, report
from benchmarks.nlu import pipelines
from benchmarks.nlu.comparison import warm_up
from benchmarks.nlu.datasets import DataError, Example
from benchmarks.nlu.datasets.lines import banking77
from benchmarks.nlu.measure import Run, measured
from benchmarks.nlu.metrics import intent_accuracy

#: Intents that get more messages, and how many each.
INTENTS, MORE = 10, 30


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    arguments = options.parse_args()
    folder = arguments.data / "banking77"
    try:
        first, everything = banking77(folder, ["train_10"]), banking77(folder, ["train"])
    except DataError as error:
        options.error(str(error))
    figures = measure(first.train, everything.train, first.test, arguments.seed)
    return report("finetuning", figures, arguments)


def measure(
    first: Sequence[Example], further: Sequence[Example], test: Sequence[Example], seed: int
) -> list[Figure]:
    """Return all figures, those of training anew as the peer's.

    Args:
        first: What the model to go on from has learned.
        further: Where more messages are drawn from.
        test: What the models are asked.
        seed: Of the draw and of the training.
    """
    grown = random.Random(seed).sample(sorted({str(each.intent) for each in first}), INTENTS)
    more = drawn(first, further, grown, seed)
    pipeline = pipelines.ours(seed)
    warm_up(seed)
    with tempfile.TemporaryDirectory(prefix="xiaoer-finetuning-") as folder:
        model = Path(folder) / "first.tar.gz"
        before = measured("en", pipeline, first, test, keep=model)
        on = measured("en", pipeline, [*first, *more], test, finetune=model)
        anew = measured("en", pipeline, [*first, *more], test)

    def accuracies(run: Run) -> tuple[float, float]:
        pairs = list(zip(test, run.predictions, strict=True))
        inside = [pair for pair in pairs if pair[0].intent in grown]
        outside = [pair for pair in pairs if pair[0].intent not in grown]
        learned, kept = (
            intent_accuracy([each for each, _ in part], [guess for _, guess in part])
            for part in (inside, outside)
        )
        return learned, kept

    (learned, kept), (learned_on, kept_on) = accuracies(before), accuracies(on)
    learned_anew, kept_anew = accuracies(anew)
    return [
        Figure("first training", before.costs["train"], "s"),
        Figure("training with more messages", on.costs["train"], "s", anew.costs["train"]),
        Figure(
            "training with more messages, ratio to anew",
            on.costs["train"] / anew.costs["train"],
            "",
            1.0,
            "<= 0.5",
        ),
        Figure("intents with more messages, before", learned, "%"),
        Figure("intents with more messages, after", learned_on, "%", learned_anew),
        Figure("the other intents, before", kept, "%"),
        Figure("the other intents, after", kept_on, "%", kept_anew, f">= {kept - 1:.2f}"),
    ]


def drawn(
    first: Sequence[Example], further: Sequence[Example], intents: Sequence[str], seed: int
) -> list[Example]:
    """Return `MORE` messages of each of the intents that are not among the first."""
    known = {each.text for each in first}
    random_ = random.Random(seed)
    found: list[Example] = []
    for intent in intents:
        of_it = [each for each in further if each.intent == intent and each.text not in known]
        found += random_.sample(of_it, min(MORE, len(of_it)))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
