"""Trains a head of SentimentAnalyzer or LanguageIdentifier and prints figures on held-out texts.

The encoder stays as it is; the head is multinomial logistic regression over the mean of its states
after one layer. One text in six, chosen by its hash, is held out and never trained on.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rasa.shared.exceptions import RasaException
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from xiaoer.lm import Encoder
from xiaoer.lm.base import FloatArray
from xiaoer.nlu.encoders import MODEL, THREADS, load_encoder
from xiaoer.nlu.head_figures import HeadFigures, figures
from xiaoer.nlu.heads import IntentHead, Scaling, softmax
from xiaoer.nlu.labelled_texts import LabelledText, LabelledTextsError, read_texts
from xiaoer.nlu.language_rules import LANGUAGES, weigh
from xiaoer.nlu.sentence_head import SentenceHead
from xiaoer.nlu.sentiment_analyzer import SENTIMENTS

FOLDS = 5
#: Fewest texts of a label, so that each fold has some.
LEAST = 10
#: Inverse strengths of the regularization that are tried on folds of the training texts.
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1)
_LABELS = {"sentiment": SENTIMENTS, "language": LANGUAGES}


def main(arguments: list[str] | None = None) -> int:
    """Train by the options given; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        encoder = load_encoder({MODEL: options.model, THREADS: options.threads})
        texts = labelled(options.kind, read_texts(options.data))
        layer = default_layer(encoder) if options.layer is None else options.layer
        if not 0 < layer <= encoder.architecture.layers:
            raise LabelledTextsError(
                f"--layer must be 1 to {encoder.architecture.layers} for {encoder.name}."
            )
        head = train(options.kind, encoder, layer, texts, options.seed, options.held_out)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(head.to_bytes())
    except (LabelledTextsError, RasaException, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The head is in {options.out}; name it as `head` in config.yml.")
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m xiaoer.nlu.train_head",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    made.add_argument("kind", choices=sorted(_LABELS), help="what the head is to tell")
    made.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="PATH", help="files and folders"
    )
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help="the head's file")
    made.add_argument("--model", default="bundled", help="bundled, a folder or a Hugging Face id")
    made.add_argument("--layer", type=int, help="layers to go through; two thirds if not given")
    made.add_argument("--threads", type=int, default=2, help="processor threads")
    made.add_argument("--seed", type=int, default=42, help="seed of the folds")
    made.add_argument(
        "--all",
        dest="held_out",
        action="store_false",
        help="train on the held-out texts too, without figures",
    )
    return made


def default_layer(encoder: Encoder) -> int:
    """Return the layer two thirds up, above which `BertIntentEntityClassifier` trains."""
    return round(encoder.architecture.layers * 2 / 3)


def labelled(kind: str, texts: list[LabelledText]) -> list[tuple[LabelledText, str]]:
    """Return the texts that a head of this kind learns from, each with its label.

    Raises:
        LabelledTextsError: If a label is unknown or has too few texts.
    """
    labels = _LABELS[kind]
    pairs = [(text, getattr(text, kind)) for text in texts if getattr(text, kind)]
    for text, label in pairs:
        if label not in labels:
            raise LabelledTextsError(
                f"The {kind} {label!r} of {text.text!r} should be {', '.join(labels)}."
            )
    if kind == "language":
        # The others are never put to the head: their script tells.
        pairs = [(text, label) for text, label in pairs if weigh(text.text).is_latin]
    trained = [label for text, label in pairs if not text.held_out]
    for label in labels:
        if trained.count(label) < LEAST:
            raise LabelledTextsError(
                f"There are {trained.count(label)} texts of the {kind} {label} to train on: at "
                f"least {LEAST} are needed, some 200 are good."
            )
    return pairs


def train(
    kind: str,
    encoder: Encoder,
    layer: int,
    pairs: list[tuple[LabelledText, str]],
    seed: int,
    held_out: bool = True,
) -> SentenceHead:
    """Encode, fit and, with a held-out part, print its figures.

    Args:
        kind: `sentiment` or `language`.
        encoder: The frozen encoder.
        layer: How many of its layers the texts go through.
        pairs: Texts with their labels.
        seed: Of the folds.
        held_out: False trains on all texts.
    """
    with tqdm(total=len(pairs), desc="Reading texts", unit="text", disable=None) as bar:
        vectors = means(encoder, layer, [text.text for text, _ in pairs], bar.update)
    wanted = np.array([label for _, label in pairs])
    inside = np.array([not (held_out and text.held_out) for text, _ in pairs])
    # The matrices are small: more threads only wait for each other.
    with threadpool_limits(1):
        regression = fit(vectors[inside], wanted[inside], seed)
    head = SentenceHead(encoder.fingerprint(), layer, regression)
    if held_out and not inside.all():
        print(f"Trained on {inside.sum()} texts; on the {(~inside).sum()} held out:")
        for language, found in held_out_figures(head, vectors, pairs).items():
            print(
                f"  {language:<8} {found.texts:>5} texts  accuracy {found.accuracy:.3f}  "
                f"macro F1 {found.macro_f1:.3f}  calibration error {found.calibration_error:.3f}"
            )
    return head


def means(
    encoder: Encoder, layer: int, texts: list[str], done: Callable[[int], object] | None = None
) -> FloatArray:
    """Return the mean vectors (n, dim) of texts after some layers."""
    vectors = np.zeros((len(texts), encoder.dim), np.float32)
    prepared = [encoder.prepare(text, "query", 256) for text in texts]
    for at, states in enumerate(encoder.run(prepared, layer)):
        vectors[at] = states.mean(0)
        if done:
            done(1)
    return vectors


def fit(vectors: FloatArray, labels: np.ndarray, seed: int) -> IntentHead:
    """Fit a regression, its strength and temperature on folds.

    Args:
        vectors: (n, dim).
        labels: (n,) of three labels or more, each counted as if all were equally frequent.
        seed: Of the folds.
    """
    from xiaoer.nlu.training.calibration import temperature

    scaling = Scaling.fit(vectors)
    scaled = scaling(vectors)
    names, numbers = np.unique(labels, return_inverse=True)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)

    def model(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, class_weight="balanced", max_iter=1000)

    best: tuple[float, float, float] = (math.inf, 1.0, 1.0)
    for strength in STRENGTHS:
        scores = cross_val_predict(
            model(strength), scaled, numbers, cv=folds, method="decision_function"
        )
        divisor = temperature(scores, numbers)
        loss = log_loss(numbers, softmax(scores / divisor))
        best = min(best, (loss, strength, divisor))
    fitted = model(best[1]).fit(scaled, numbers)
    return IntentHead(
        [str(name) for name in names], scaling, fitted.coef_.T, fitted.intercept_, best[2]
    )


def held_out_figures(
    head: SentenceHead, vectors: FloatArray, pairs: list[tuple[LabelledText, str]]
) -> dict[str, HeadFigures]:
    """Return the figures on the held-out texts, of each language and of all."""
    rows: dict[str, list[tuple[str, str, float]]] = {}
    for (text, wanted), vector in zip(pairs, vectors, strict=True):
        if text.held_out:
            probabilities = head.probabilities(vector)
            label = max(probabilities, key=probabilities.__getitem__)
            row = (wanted, label, probabilities[label])
            for group in dict.fromkeys((text.language, "all")):
                rows.setdefault(group, []).append(row)
    return {
        group: figures(*(list(column) for column in zip(*found, strict=True)))
        for group, found in sorted(rows.items())
        if group
    }


if __name__ == "__main__":
    raise SystemExit(main())
