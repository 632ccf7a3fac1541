"""Precision and recall of masking personal data, on texts labelled by hand, and what it costs.

`python -m benchmarks.masking --out FILE` measures the half of the texts that nothing was tuned on;
`--development` measures the other half and shows its mistakes.
"""

from __future__ import annotations

import sys
import time

from benchmarks.harness import Figure, parser, report
from benchmarks.masking.measure import Tally, tally
from benchmarks.masking.texts import KINDS, LANGUAGES, Text, read_texts
from xiaoer.text import personal_data

_NUMBERS = ("phone", "identity number", "bank card", "e-mail")
_ROUNDS = 20


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument(
        "--development", action="store_true", help="the half for tuning, with its mistakes"
    )
    chosen = options.parse_args()
    half = "development" if chosen.development else "test"
    texts = {language: read_texts(language, half) for language in LANGUAGES}
    tallies = {language: tally(texts[language]) for language in LANGUAGES}
    both = [text for each in texts.values() for text in each]
    figures = _figures("both", tally(both))
    for language, counts in tallies.items():
        figures += _figures(language, counts)
    figures += [
        Figure("texts", len(both), "texts"),
        Figure("cost, all kinds", _cost(both, personal_data.ALL_KINDS), "µs/text", target="<= 200"),
        Figure("cost, numbers only", _cost(both, personal_data.NUMBERS), "µs/text"),
    ]
    if chosen.development:
        for counts in tallies.values():
            for text, masked in counts.wrong:
                print(f"{text}\n    {masked}", file=sys.stderr)
    return report("masking", figures, chosen)


def _figures(language: str, counts: Tally) -> list[Figure]:
    """Return the figures of a language, with targets where both are taken together."""
    whole = language == "both"
    targets = {**dict.fromkeys(_NUMBERS, 0.95), "address": 0.85, "name": 0.8}
    figures = [
        Figure(
            f"{language}: recall of {kind} ({counts.pieces[kind]})",
            counts.recall(kind),
            "share",
            target=f">= {targets[kind]}" if whole else "",
        )
        for kind in KINDS
    ]
    figures += [
        Figure(
            f"{language}: precision of {kind} ({counts.spans[kind]})",
            counts.precision(kind),
            "share",
        )
        for kind in KINDS
    ]
    overall = counts.precision(*KINDS)
    total = sum(counts.spans.values())
    target = ">= 0.95" if whole else ""
    name = f"{language}: precision overall ({total})"
    return [*figures, Figure(name, overall, "share", target=target)]


def _cost(texts: list[Text], kinds: frozenset[str]) -> float:
    """Return the microseconds a text takes, the best of some rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        for text in texts:
            personal_data.find(text.text, kinds=kinds)
        best = min(best, time.perf_counter() - start)
    return 1e6 * best / len(texts)


if __name__ == "__main__":
    sys.exit(main())
