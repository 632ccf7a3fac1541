"""Counting what was found and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.masking.texts import Text
from xiaoer.text import personal_data
from xiaoer.text.personal_data import Span


@dataclass
class Tally:
    """What became of the pieces and the spans, by kind.

    Attributes:
        pieces: labelled.
        covered: labelled, of which nothing is left to read, whatever they were taken for.
        spans: found.
        right: found, at least half of which is labelled as this kind.
        wrong: texts with a mistake, each as it was masked.
    """

    pieces: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def recall(self, *kinds: str) -> float | None:
        """Return the share of the labelled pieces that were covered; None of none."""
        return _share(
            sum(self.covered[kind] for kind in kinds), sum(self.pieces[kind] for kind in kinds)
        )

    def precision(self, *kinds: str) -> float | None:
        """Return the share of the spans found that are right; None of none."""
        return _share(
            sum(self.right[kind] for kind in kinds), sum(self.spans[kind] for kind in kinds)
        )


def tally(texts: Iterable[Text]) -> Tally:
    """Mask texts and count."""
    counts = Tally()
    for each in texts:
        spans = personal_data.find(each.text, kinds=personal_data.ALL_KINDS)
        hidden = {place for span in spans for place in range(span.start, span.end)}
        mistakes = 0
        for piece in each.pieces:
            covered = hidden.issuperset(range(piece.start, piece.end))
            counts.pieces[piece.kind] += 1
            counts.covered[piece.kind] += covered
            mistakes += not covered
        for span in spans:
            right = _is_right(span, each)
            counts.spans[span.kind] += 1
            counts.right[span.kind] += right
            mistakes += not right
        if mistakes:
            masked = personal_data.mask(each.text, kinds=personal_data.ALL_KINDS)
            counts.wrong.append((each.text, masked))
    return counts


def _is_right(span: Span, text: Text) -> bool:
    labelled = {
        place
        for piece in text.pieces
        if piece.kind == span.kind
        for place in range(piece.start, piece.end)
    }
    inside = sum(place in labelled for place in range(span.start, span.end))
    return 2 * inside >= span.end - span.start


def _share(part: int, of: int) -> float | None:
    return part / of if of else None
