"""SentimentAnalyzer's shipped head: on texts held out of its training, and on reviews of elsewhere.

The peer is character n-grams with logistic regression, trained on the same texts. Neither has seen a
review of the second set; as these are negative or positive, the likelier of the two is taken there,
a neutral one never.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import statistics
import sys
import time
import zipfile
from pathlib import Path

from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from benchmarks.harness import ROOT, Figure, parser, report
from benchmarks.ngrams import NgramClassifier
from xiaoer.lm import Encoder
from xiaoer.nlu import SentimentAnalyzer
from xiaoer.nlu.constants import BASE_VECTOR, BaseVector
from xiaoer.nlu.head_figures import HeadFigures, figures
from xiaoer.nlu.labelled_texts import read_texts
from xiaoer.nlu.sentence_head import SHIPPED, SentenceHead, read_head
from xiaoer.nlu.sentiment_analyzer import SENTIMENTS
from xiaoer.nlu.train_head import means

REVIEWS = "online-shopping-zh/online_shopping_10_cats.zip"
Probabilities = list[dict[str, float]]


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    options.add_argument("--reviews", type=int, default=2000, help="reviews drawn, 0 for all")
    arguments = options.parse_args()
    archive = arguments.data / REVIEWS
    if not archive.is_file():
        print(f"{archive} is missing: name the folder of the data sets as --data.", file=sys.stderr)
        return 2
    return report("sentiment", measure(archive, arguments), arguments)


def measure(archive: Path, options: argparse.Namespace) -> list[Figure]:
    """Return all figures, the n-grams' as the peer's."""
    head = SentenceHead.from_bytes(read_head(SHIPPED, "sentiment"), SHIPPED, SENTIMENTS)
    encoder = Encoder.load("bundled", threads=2)
    texts = read_texts([ROOT / "data" / "sentiment"])
    trained = [text for text in texts if not text.held_out]
    peer = NgramClassifier([t.text for t in trained], [t.sentiment for t in trained])

    def judged(asked: list[str]) -> tuple[Probabilities, Probabilities]:
        vectors = means(encoder, head.layer, asked)
        return [head.probabilities(vector) for vector in vectors], peer.probabilities(asked)

    found = []
    for language in ("zh", "en"):
        held = [text for text in texts if text.held_out and text.language == language]
        ours, theirs = judged([text.text for text in held])
        wanted = [text.sentiment for text in held]
        found += _figures(f"held out, {language}", wanted, ours, theirs)
    reviews = _reviews(archive, options.reviews, options.seed)
    ours, theirs = judged([text for text, _ in reviews])
    wanted = [label for _, label in reviews]
    found += _figures("reviews, zero-shot", wanted, _polar(ours), _polar(theirs))
    return found + _times(encoder, head.layer, [text.text for text in texts if text.held_out])


def _figures(
    what: str, wanted: list[str], ours: Probabilities, theirs: Probabilities
) -> list[Figure]:
    mine, peer = (_measured(wanted, rows) for rows in (ours, theirs))
    return [
        Figure(
            f"{what}: accuracy ({mine.texts})",
            mine.accuracy,
            "share",
            peer.accuracy,
            f">= {peer.accuracy:.4f}",
        ),
        Figure(
            f"{what}: macro F1", mine.macro_f1, "share", peer.macro_f1, f">= {peer.macro_f1:.4f}"
        ),
        Figure(
            f"{what}: expected calibration error",
            mine.calibration_error,
            "share",
            peer.calibration_error,
        ),
    ]


def _measured(wanted: list[str], rows: Probabilities) -> HeadFigures:
    labels = [max(row, key=row.__getitem__) for row in rows]
    return figures(wanted, labels, [max(row.values()) for row in rows])


def _polar(rows: Probabilities) -> Probabilities:
    """Leave the two poles, their probabilities adding up to 1."""
    poles = ("negative", "positive")
    return [
        {pole: row[pole] / (sum(row[pole] for pole in poles) or 1) for pole in poles}
        for row in rows
    ]


def _reviews(archive: Path, count: int, seed: int) -> list[tuple[str, str]]:
    """Return (review, label) pairs drawn by chance; all when `count` is 0."""
    with zipfile.ZipFile(archive) as folder, folder.open(folder.namelist()[0]) as stream:
        rows = csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig"))
        pairs = [
            (row["review"], "positive" if row["label"] == "1" else "negative")
            for row in rows
            if row["review"]
        ]
    return random.Random(seed).sample(pairs, count) if count else pairs


def _times(encoder: Encoder, layer: int, texts: list[str]) -> list[Figure]:
    """Return the median time of one message, on one thread, alone and beside the classifier."""
    config = SentimentAnalyzer.get_default_config()
    analyzer = SentimentAnalyzer.create(config, None, Resource("sentiment"), None)
    vectors = means(encoder, layer, texts)
    alone = [Message({TEXT: text}) for text in texts]
    beside = [
        Message({TEXT: text, BASE_VECTOR: BaseVector(encoder.fingerprint(), layer, vector)})
        for text, vector in zip(texts, vectors, strict=True)
    ]
    found = []
    for what, messages in (("alone", alone), ("beside the classifier", beside)):
        spent = []
        for message in messages:
            start = time.perf_counter()
            analyzer.process([message])
            spent.append((time.perf_counter() - start) * 1000)
        found.append(Figure(f"one message, {what}: p50", statistics.median(spent), "ms"))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
