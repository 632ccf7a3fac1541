"""Measure the templates of marketing copy: do all products get good texts, and is a lie refused?

Every product of data/shop is written about in every tone, for every channel, in both languages,
without a language model, each brief with another offer. A second judge (`checker`) that shares no
code with the shop's rules reads all texts. Then briefs that ask for lies are put to the shop.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import combinations, product
from pathlib import Path

from tqdm import tqdm

from backends.campaigns.copy.briefs.brief import Brief, Offer
from backends.campaigns.copy.facts import gather
from backends.campaigns.copy.lies.all import find_lies
from backends.campaigns.copy.lies.lie import Asked
from backends.campaigns.copy.material.book import Material, read_material
from backends.campaigns.copy.training.examples import all_wares
from backends.campaigns.copy.wares import Ware
from backends.campaigns.copy.writing.templates import write_from_templates
from backends.catalog.loader import load_catalog
from backends.clock import today
from backends.db import Database
from backends.migrations.run import upgrade
from backends.settings import Settings
from benchmarks.copywriting.checker import violations
from benchmarks.copywriting.provoking import provoking
from benchmarks.harness import ROOT, Figure, parser, report

WANTED = 3
_EARBUDS = "AU-4001"
#: Two texts that share more of their words than this are one.
_SAME = 0.9


def main() -> int:
    """Run."""
    arguments = parser(__doc__)
    arguments.add_argument("--every", type=int, default=1, help="take every so many-th product")
    arguments.add_argument("--processes", type=int, default=2, help="processes that write")
    options = arguments.parse_args()
    wares = asyncio.run(_wares())
    material = read_material(ROOT / "data" / "campaigns")
    chosen = wares[:: options.every]
    done = Counter[str]()
    times: list[float] = []
    jobs = [(ware, options.seed) for ware in chosen]
    with ProcessPoolExecutor(options.processes) as pool:
        for counts, seconds in tqdm(
            pool.map(_product, jobs),
            total=len(jobs),
            unit="product",
            disable=not sys.stderr.isatty(),
        ):
            done += counts
            times += seconds
    accepted = _accepted(material, next(one for one in wares if one.id == _EARBUDS))
    for what, count in done.most_common():
        if what.startswith("violation"):
            print(f"{count} x {what}", file=sys.stderr)
    wrong = sum(count for what, count in done.items() if what.startswith("violation"))
    for brief in accepted[1]:
        print(f"accepted: {brief.facts or brief.points or brief.offer}", file=sys.stderr)
    figures = [
        Figure("briefs written", float(done["briefs"]), "briefs"),
        Figure(f"briefs with {WANTED} distinct texts", done["full"] / done["briefs"], "share", target=">= 0.99"),
        Figure("texts with a violation (second judge)", float(wrong), "texts", target="<= 0"),
        Figure("texts judged", float(done["texts"]), "texts"),
        Figure("time per text, median", 1000 * statistics.median(times), "ms", target="<= 100"),
        Figure("time per text, 95th percentile", 1000 * statistics.quantiles(times, n=20)[-1], "ms"),
        Figure("provoking briefs", float(accepted[0]), "briefs", target=">= 60"),
        Figure("provoking briefs accepted", float(len(accepted[1])), "briefs", target="<= 0"),
    ]  # fmt: skip
    return report("copywriting", figures, options)


def _product(job: tuple[Ware, int]) -> tuple[Counter[str], list[float]]:
    """Write and judge all briefs of one product."""
    ware, seed = job
    material = _material()
    counts, times = Counter[str](), []
    for number, (tone, channel, language) in enumerate(
        product(material.tones, material.channels, ("zh", "en"))
    ):
        offer = _offer(number + seed + sum(map(ord, ware.id)), language)
        brief = Brief((ware.id,), None, None, tone, channel, language, WANTED, offer)
        begin = time.perf_counter()
        facts = gather(brief, [ware], material)
        found = write_from_templates(brief, facts, material, WANTED, f"{seed}:{ware.id}:{number}")
        times.append((time.perf_counter() - begin) / WANTED)
        texts = [variant.text for variant in found]
        counts["briefs"] += 1
        counts["texts"] += len(texts)
        alike = any(_common(one, other) > _SAME for one, other in combinations(texts, 2))
        counts["full"] += len(texts) == WANTED and not alike
        for text in texts:
            for what in violations(text, brief, ware):
                counts[f"violation {what} ({language}, {ware.id})"] += 1
    return counts, times


def _offer(number: int, language: str) -> Offer | None:
    until = today() + timedelta(days=3 + number % 20)
    gift = "帆布袋" if language == "zh" else "canvas bag"
    return (
        None,
        Offer("percent", 15, until=until),
        Offer("amount", 20, minimum=99, code="DOUBLE12", until=until),
        Offer("gift", gift=gift, until=until),
        Offer("free_shipping", minimum=99),
        Offer("percent", 12, code="TEA12"),
        None,
    )[number % 7]


def _common(one: str, other: str) -> float:
    first, second = set(one.lower().split()), set(other.lower().split())
    if len(first) < 4 or len(second) < 4:
        return float(one == other)
    return len(first & second) / len(first | second)


def _accepted(material: Material, ware: Ware) -> tuple[int, list[Brief]]:
    """How many provoking briefs there are, and those that were not refused."""
    base = Brief((ware.id,), None, None, "plain", "wechat", "zh", WANTED)
    assert not find_lies(Asked(base, [ware], None, (), material, today())), "the base is true"
    briefs = list(provoking(base, ware, today()))
    taken = [
        brief
        for brief in briefs
        if not find_lies(Asked(brief, [ware], None, (), material, today()))
    ]
    return len(briefs), taken


async def _wares() -> list[Ware]:
    """All products of data/shop, all of them in stock."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite+aiosqlite:///{Path(folder) / 'shop.db'}")
        await upgrade(settings)
        database = Database(settings.database_url)
        async with database.write() as session:
            await load_catalog(session, ROOT / "data" / "shop")
        async with database.read() as session:
            found = await all_wares(session)
        await database.close()
    return [replace(ware, stock=max(60, ware.stock)) for ware in found]


@cache
def _material() -> Material:
    return read_material(ROOT / "data" / "campaigns")


if __name__ == "__main__":
    sys.exit(main())
