"""``python -m backends insights``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from backends.insights.events.taking_in import Counts

cli = typer.Typer(help="Insights: take in events, count anew.", no_args_is_help=True)


@cli.callback()
def _topic() -> None:
    """Insights: take in events, count anew."""


@cli.command("take-in")
def take_in() -> None:
    """Take in the events that wait, as a running server does by itself, and say what they were."""
    counts = asyncio.run(_take_in())
    if not counts.read:
        typer.echo("No events wait (a running server takes them in by itself).")
        return
    shown = counts.shown()
    typer.echo(
        f"Read {shown['read']} events: {shown['taken_in']} turns are new, {shown['repeated']} were "
        f"known, {shown['irrelevant']} say nothing, {shown['refused']} were refused"
        + "".join(f", {count} by {reason}" for reason, count in sorted(counts.refused.items()))
        + "."
    )


@cli.command()
def count(
    all_days: bool = typer.Option(
        False, "--all", help="Count all days anew, not only those of which something has changed."
    ),
) -> None:
    """Count what has changed, as a running server does by itself."""
    days = asyncio.run(_count(all_days))
    typer.echo(
        f"Counted: {days:,} daily sums were made anew."
        if days
        else "Nothing has changed since it was counted last."
    )


async def _count(all_days: bool) -> int:
    from tqdm import tqdm

    from backends import logs
    from backends.db import checked_database
    from backends.insights.measures.counting.counter import Counter
    from backends.insights.measures.counting.membership import Membership
    from backends.settings import load_settings

    settings = load_settings()
    logs.configure(settings)
    made = 0
    async with checked_database(settings) as database:
        counter = Counter(database, Membership(settings.customers_data), settings)
        if all_days:
            await counter.mark_all()
        with tqdm(unit=" days", disable=None, leave=False) as bar:

            def progress(days: int) -> None:
                bar.total = max(bar.total or 0, bar.n + days)
                bar.update(days)

            bar.total = await counter.prepare()
            while days := await counter.count(progress=progress):
                made += days
    return made


async def _take_in() -> Counts:
    from tqdm import tqdm

    from backends import logs
    from backends.db import checked_database
    from backends.insights.events.sources import SourceError, open_source
    from backends.insights.events.taking_in import Counts, take_in_batch
    from backends.settings import load_settings
    from backends.setup_error import SetupError

    settings = load_settings()
    logs.configure(settings)
    source = open_source(settings.events_url)
    if source is None:
        raise SetupError("XIAOER_EVENTS_URL is off: there are no events to take in.")
    total = Counts()
    async with checked_database(settings) as database:
        try:
            # Only on a terminal: scripts read the sentence.
            with tqdm(unit=" events", disable=None, leave=False) as bar:
                while (counts := await take_in_batch(database, source, _WAIT_SECONDS)).read:
                    total.add(counts)
                    bar.update(counts.read)
        except SourceError as error:
            raise SetupError(str(error)) from None
        finally:
            await source.close()
    return total


# A broker may take a while to hand out the first event.
_WAIT_SECONDS = 3.0
