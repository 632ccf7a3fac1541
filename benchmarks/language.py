"""LanguageIdentifier on labelled messages: with its head, by rules alone, and beside n-grams.

The messages are those of `benchmarks/language_messages.yml`. The peer, character n-grams with
logistic regression, is trained on the texts that the head is trained on and on those that it is
never asked about; it knows no reply language of a mixed message.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from benchmarks.harness import ROOT, Figure, parser, report
from benchmarks.ngrams import NgramClassifier
from xiaoer.lm import Encoder
from xiaoer.nlu import LanguageIdentifier
from xiaoer.nlu.constants import BASE_VECTOR, LANGUAGE, BaseVector
from xiaoer.nlu.head_figures import figures
from xiaoer.nlu.labelled_texts import LabelledText, read_texts
from xiaoer.nlu.language_rules import LANGUAGES
from xiaoer.nlu.sentence_head import SHIPPED, SentenceHead, read_head
from xiaoer.nlu.train_head import means

MESSAGES = ROOT / "benchmarks" / "language_messages.yml"
Found = list[dict[str, Any]]


def main() -> int:
    """Measure and report."""
    arguments = parser(__doc__).parse_args()
    return report("language", measure(), arguments)


def measure() -> list[Figure]:
    """Return all figures, the n-grams' as the peer's."""
    asked = read_texts([MESSAGES])
    texts = read_texts([ROOT / "data" / "language", ROOT / "data" / "sentiment"])
    trained = [text for text in texts if not text.held_out]
    peer = NgramClassifier([t.text for t in trained], [t.language for t in trained])
    theirs = []
    for row in peer.probabilities([text.text for text in asked]):
        code = max(row, key=row.__getitem__)
        theirs.append({"code": code, "confidence": row[code]})
    head = SentenceHead.from_bytes(read_head(SHIPPED, LANGUAGE), SHIPPED, LANGUAGES)
    encoder = Encoder.load("bundled", threads=2)
    vectors = means(encoder, head.layer, [text.text for text in asked])
    seen = [BaseVector(encoder.fingerprint(), head.layer, vector) for vector in vectors]
    ours = _identified(asked, seen)
    rules = _identified(asked, [None] * len(asked))
    return [
        *_figures("with the head", asked, ours, theirs),
        *_figures("by rules alone", asked, rules, None),
    ]


def _identified(asked: list[LabelledText], vectors: list[BaseVector] | list[None]) -> Found:
    """Return what the component puts on each message."""
    config = LanguageIdentifier.get_default_config()
    component = LanguageIdentifier.create(config, None, Resource("language"), None)
    messages = [
        Message({TEXT: text.text, BASE_VECTOR: vector})
        for text, vector in zip(asked, vectors, strict=True)
    ]
    component.process(messages)
    nothing = {"code": "unknown", "confidence": 0.5}
    return [message.get(LANGUAGE) or nothing for message in messages]


def _figures(what: str, asked: list[LabelledText], ours: Found, peer: Found | None) -> list[Figure]:
    mine, theirs = _values(asked, ours), _values(asked, peer) if peer else {}
    return [
        Figure(
            f"{what}: {name}",
            value,
            "share",
            theirs.get(name),
            f">= {theirs[name]:.4f}" if name in ("accuracy", "macro F1") and theirs else "",
        )
        for name, value in mine.items()
    ]


def _values(asked: list[LabelledText], found: Found) -> dict[str, float]:
    wanted = [text.language for text in asked]
    codes = [each["code"] for each in found]
    all_figures = figures(wanted, codes, [each["confidence"] for each in found])
    values = {
        "accuracy": all_figures.accuracy,
        "macro F1": all_figures.macro_f1,
        "expected calibration error": all_figures.calibration_error,
    }
    for language in LANGUAGES:
        right = [
            code == language for code, each in zip(codes, wanted, strict=True) if each == language
        ]
        values[f"recall of {language}"] = sum(right) / len(right)
    # The peer names no language to reply in.
    replies = [_reply(each) == _wanted_reply(text) for each, text in zip(found, asked, strict=True)]
    values["reply language right"] = sum(replies) / len(replies)
    return values


def _reply(found: dict[str, Any]) -> str | None:
    """Return the language that `LanguagePolicy` sets, None when it leaves the slot alone."""
    code = found.get("dominant") or found["code"]
    return code if code in ("zh", "en") else None


def _wanted_reply(text: LabelledText) -> str | None:
    code = text.part if text.language == "mixed" else text.language
    return code if code in ("zh", "en") else None


if __name__ == "__main__":
    raise SystemExit(main())
