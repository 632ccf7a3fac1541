"""Fill a shop with two years of events, count them, and ask for all that the dashboard shows.

The shop's database is made anew in ``--state``; with ``--url`` an empty PostgreSQL is filled.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from backends.clock import today
from benchmarks.harness import ROOT, Figure, parser, report
from benchmarks.insights.asking import ask, fresh
from benchmarks.insights.filling import fill, segment_file
from benchmarks.insights.made_up import DAYS, MadeUp
from benchmarks.insights.peers import direct_overview
from benchmarks.processes import free_port, run, running

_BACKENDS = [sys.executable, "-m", "backends"]


def main() -> int:
    """Measure, print and write the figures."""
    made = parser(__doc__)
    made.add_argument("--events", type=int, default=10_000_000, help="how many to fill with")
    made.add_argument("--url", help="of an empty PostgreSQL, postgresql+asyncpg://…")
    made.add_argument("--times", type=int, default=20, help="how often each request is made")
    made.add_argument("--state", type=Path, help="a folder for the database; by default a new one")
    options = made.parse_args()
    if options.state:
        options.state.mkdir(parents=True, exist_ok=True)
        return report("insights", _measure(options, options.state), options)
    with tempfile.TemporaryDirectory(prefix="xiaoer-insights-") as folder:
        return report("insights", _measure(options, Path(folder)), options)


def _measure(options: argparse.Namespace, folder: Path) -> list[Figure]:
    url = options.url or f"sqlite+aiosqlite:///{folder / 'shop.db'}"
    files = folder / "customers"
    files.mkdir(exist_ok=True)
    shutil.copy(ROOT / "data" / "customers" / "tags.yml", files)
    (files / "segments.yml").write_text(segment_file(), encoding="utf-8")
    token = secrets.token_hex(16)
    settings: dict[str, Any] = {
        "DATABASE_URL": url,
        "XIAOER_CUSTOMERS_DATA": str(files),
        "XIAOER_STATE_DIR": str(folder),
        "XIAOER_SEARCH_ENCODER": "",
        "XIAOER_SERVICE_TOKEN": token,
        "XIAOER_INSIGHT_DAYS": "3650",
        "XIAOER_TICKET_DAYS": "3650",
        # Two years of messages at once are not what a server that runs all along reads.
        "XIAOER_REVIEW_SECONDS": "0",
        "LOG_LEVEL": "WARNING",
    }
    run([*_BACKENDS, "migrate"], ROOT, **settings)
    last = today()
    start = time.perf_counter()
    events = fill(url, MadeUp(options.events, options.seed, last), options.events)
    filled = time.perf_counter() - start
    before = _processor_seconds()
    counted = run([*_BACKENDS, "insights", "count", "--all"], ROOT, **settings)
    worked = _processor_seconds() - before
    figures = [
        Figure("events", events, "events"),
        Figure("filling the database", filled, "s"),
        Figure("counting all", counted, "s"),
        Figure("counting all: processor time", worked, "s"),
        Figure("counting all: events", events / counted, "events/s"),
    ]
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    headers = {"Authorization": f"Bearer {token}"}
    serve = [*_BACKENDS, "serve", "--port", str(port)]
    with (
        running(serve, ROOT, f"{address}/health", **settings),
        httpx.Client(base_url=address, headers=headers, timeout=120, trust_env=False) as client,
    ):
        figures += ask(client, last, options.times)
        figures += fresh(client, url, max(3, options.times // 4))
    for place, figure in enumerate(figures):
        for days, name in ((30, "overview, 30 days: p50"), (DAYS, "overview, 2 years: p50")):
            if figure.name == name:
                peer = direct_overview(url, last, days)
                figures[place] = dataclasses.replace(figure, peer=peer)
    return figures


def _processor_seconds() -> float:
    """What the processes that have ended by now took; of PostgreSQL's own, nothing."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
