"""``python -m benchmarks.recommendation``: how good recommendations are, how fast, and how large."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import harness
from benchmarks.harness import ROOT, Figure
from benchmarks.recommendation import (
    index,
    load,
    new_items,
    ranking,
    ratings,
    scale,
    training_time,
)

PARTS: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "ratings": ratings.measure,
    "ranking": ranking.measure,
    "new-items": new_items.measure,
    "training-time": training_time.measure,
    "index": index.measure,
    "load": load.measure,
    "scale": scale.measure,
}


def main() -> int:
    """Measure the parts asked for."""
    parser = harness.parser(__doc__)
    parser.prog = "python -m benchmarks.recommendation"
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all", help="what to measure")
    parser.add_argument("--peers", action="store_true", help="also measure other libraries")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder of MovieLens-100K")
    parser.add_argument(
        "--state",
        type=Path,
        default=ROOT / ".xiaoer" / "benchmarks" / "recommendation",
        help="where shops of the benchmark are kept from one run to the next",
    )
    options = parser.parse_args()
    figures = []
    for name, measure in PARTS.items():
        if options.part in (name, "all"):
            figures += measure(options)
    return harness.report("recommendation", figures, options)


if __name__ == "__main__":
    sys.exit(main())
