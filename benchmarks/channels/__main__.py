"""``python -m benchmarks.channels``: connectors under load, failure and attack, and the hand-over."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import harness
from benchmarks.channels.handoff import measure as handoff
from benchmarks.channels.hostile import measure as hostile
from benchmarks.channels.load import measure as load
from benchmarks.channels.overhead import measure as overhead
from benchmarks.harness import ROOT, Figure

PARTS: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "load": load.documented,
    "three-times": load.three_times,
    "restart": load.restart,
    "overhead": overhead.measure,
    "hostile": hostile.measure,
    "handoff": handoff.measure,
}
_QUICK = {
    "messages": 20,
    "rate": 10.0,
    "servers": 1,
    "requests": 150,
    "round_trips": 10,
    "tickets": 6,
    "handoff_messages": 12,
}


def main() -> int:
    """Measure the parts asked for."""
    parser = harness.parser(__doc__)
    parser.prog = "python -m benchmarks.channels"
    parser.add_argument("--part", choices=[*PARTS, "all"], default="all", help="what to measure")
    parser.add_argument(
        "--channel", choices=[*hostile.CHANNELS, "all"], default="all", help="that is attacked"
    )
    parser.add_argument("--requests", type=int, default=2_000, help="hostile, to each channel")
    parser.add_argument("--messages", type=int, default=5_000, help="of WeChat")
    parser.add_argument("--round-trips", type=int, default=300, help="on each channel")
    parser.add_argument("--rate", type=float, default=50, help="of them in a second")
    parser.add_argument("--servers", type=int, default=2, help="Rasa servers under load")
    parser.add_argument("--tickets", type=int, default=200, help="open at once")
    parser.add_argument("--handoff-messages", type=int, default=240, help="to staff")
    parser.add_argument(
        "--project",
        type=Path,
        default=ROOT,
        metavar="FOLDER",
        help="the assistant of the hand-over",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a little of everything: shows that it runs; without targets",
    )
    options = parser.parse_args()
    if options.quick:
        vars(options).update(_QUICK)
    figures = []
    for name, measure in PARTS.items():
        if options.part in (name, "all"):
            figures += measure(options)
    if options.quick:
        figures = [replace(figure, target="") for figure in figures]
    return harness.report("channels", figures, options)


if __name__ == "__main__":
    sys.exit(main())
