"""``python -m benchmarks.answering``: what is answered when no story fits."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import harness
from benchmarks.answering import isolation, retrieval, truth
from benchmarks.harness import ROOT

PARTS = {
    "retrieval": retrieval.measure,
    "truth": truth.measure,
    "isolation": isolation.measure,
}


def main() -> int:
    """Measure the parts asked for."""
    parser = harness.parser(__doc__)
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all", help="what to measure")
    parser.add_argument(
        "--state",
        type=Path,
        default=ROOT / ".xiaoer" / "benchmarks" / "answering",
        help="where vectors and shops of the benchmark are kept from one run to the next",
    )
    options = parser.parse_args()
    figures = []
    for name, measure in PARTS.items():
        if options.part in (name, "all"):
            figures += measure(options.state)
    return harness.report("answering", figures, options)


if __name__ == "__main__":
    sys.exit(main())
