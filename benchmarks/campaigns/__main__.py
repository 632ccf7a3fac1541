"""``python -m benchmarks.campaigns``: does learning who gets what pay, and can it be believed?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import harness
from benchmarks.campaigns import hillstrom, peeking, regret, replay, speed
from benchmarks.harness import Figure


def main() -> int:
    """Measure the parts asked for."""
    parser = harness.parser(__doc__)
    parser.prog = "python -m benchmarks.campaigns"
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder with hillstrom/")
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all", help="what to measure")
    options = parser.parse_args()
    figures: list[Figure] = []
    curves: dict[str, object] = {}
    for name, measure in PARTS.items():
        if options.part in (name, "all"):
            figures += measure(options, curves)
    code = harness.report("campaigns", figures, options)
    if options.out and curves:
        document = json.loads(options.out.read_text(encoding="utf-8"))
        document["curves"] = curves
        text = json.dumps(document, ensure_ascii=False, indent=2)
        options.out.write_text(text + "\n", encoding="utf-8")
    return code


Part = Callable[[argparse.Namespace, dict[str, object]], list[Figure]]


def _with_trial(measure: Callable[[hillstrom.Trial, int], list[Figure]]) -> Part:
    def work(options: argparse.Namespace, curves: dict[str, object]) -> list[Figure]:
        if options.data is None:
            print("Hillstrom is left out: give --data FOLDER.", file=sys.stderr)
            return []
        return measure(hillstrom.read(options.data / "hillstrom" / "hillstrom.csv"), options.seed)

    return work


PARTS: dict[str, Part] = {
    "replay": _with_trial(replay.learned),
    "off-policy": _with_trial(replay.off_policy),
    "regret": regret.measure,
    "peeking": peeking.measure,
    "speed": speed.measure,
}

if __name__ == "__main__":
    sys.exit(main())
