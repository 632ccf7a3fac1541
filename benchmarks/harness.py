"""What all benchmarks share: figures with a target, a table, JSON, and `--check`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TARGET = re.compile(r"^(>=|<=)\s*(-?\d+(?:\.\d+)?)$")


@dataclass
class Figure:
    """One measured value.

    Args:
        name: What was measured.
        value: The value, `None` when it could not be measured.
        unit: Its unit.
        peer: The same figure of the peer from the same run.
        target: `>= x` or `<= x`; empty when there is none.
        published: What others have published, in words.
    """

    name: str
    value: float | None
    unit: str
    peer: float | None = None
    target: str = ""
    published: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` without a target.

        Raises:
            ValueError: If the target is not `>= x` or `<= x`.
        """
        if not self.target:
            return None
        match = _TARGET.match(self.target)
        if match is None:
            raise ValueError(f"A target is '>= x' or '<= x', not '{self.target}'.")
        if self.value is None:
            return False
        bound = float(match.group(2))
        return self.value >= bound if match.group(1) == ">=" else self.value <= bound


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark has."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    made.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    made.add_argument("--check", action="store_true", help="exit 1 when a target is not met")
    made.add_argument("--seed", type=int, default=20261123, help="seed of all randomness")
    return made


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gib": round(pages * size / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def commit() -> str:
    """Return the commit that was measured, marked when files differ from it."""
    git = ["git", "-C", str(ROOT)]
    try:
        head = subprocess.run(
            [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True
        )
        dirty = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True)
    except OSError:
        return "unknown"
    return head.stdout.strip() + ("+changes" if dirty.stdout.strip() else "")


def report(benchmark: str, figures: list[Figure], options: argparse.Namespace) -> int:
    """Print the table, write `--out`, and return the exit code that `--check` asks for."""
    print(_table(figures))
    if options.out:
        document = {
            "benchmark": benchmark,
            "commit": commit(),
            "machine": machine(),
            "seed": options.seed,
            "figures": [{**asdict(figure), "met": figure.met} for figure in figures],
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    missed = [figure.name for figure in figures if figure.met is False]
    if missed:
        print(f"Not met: {', '.join(missed)}.", file=sys.stderr)
    return 1 if missed and options.check else 0


def _table(figures: list[Figure]) -> str:
    rows = [("figure", "value", "peer", "unit", "target", "met", "published")]
    for figure in figures:
        met = {None: "", True: "yes", False: "NO"}[figure.met]
        rows.append(
            (
                figure.name,
                _number(figure.value),
                _number(figure.peer),
                figure.unit,
                figure.target,
                met,
                figure.published,
            )
        )
    if not any(figure.published for figure in figures):
        rows = [row[:-1] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
