"""``python -m backends campaigns …``: train the writer of copy, check its templates and words."""

from __future__ import annotations

import asyncio

import typer

cli = typer.Typer(
    help="Marketing copy: train on what was approved, check the templates.", no_args_is_help=True
)

_SECONDS = typer.Option(300.0, min=5, max=86_400, help="Seconds of training.")
_BASE = typer.Option(
    "auto",
    help="What to go on from: auto (the newest text generator of `rasa train`, else scratch), "
    "scratch, a folder, or a Hugging Face id.",
)
_LEAST = typer.Option(20, min=5, help="Fewest approved texts to train on.")
_QUIET = typer.Option(False, "--quiet", help="Show no progress bar.")
_NO_SHOP = typer.Option(False, "--files-only", help="Do not fill the templates with products.")


@cli.callback()
def _topic() -> None:
    """Marketing copy: train on what was approved, check the templates."""


@cli.command()
def train(
    seconds: float = _SECONDS, base: str = _BASE, least: int = _LEAST, quiet: bool = _QUIET
) -> None:
    """Train a writer on the approved copy, weighed by what came of it.

    One approved text in five is held out, and the perplexity on those is printed, before and after.
    A running server takes the new writer up by itself; what it writes passes the same rules as a
    template's text, or is dropped.
    """
    from backends.campaigns.copy.settings import CopySettings
    from backends.campaigns.copy.training.train import train as work
    from backends.settings import load, load_settings

    settings, copy = load_settings(), load(CopySettings)
    done = asyncio.run(work(settings, copy, base, seconds, least, not quiet))
    typer.echo(
        f"Trained on {done.approved} approved texts and {done.made_up} of templates in "
        f"{done.steps} steps and {done.seconds:.0f} s, going on from {done.base}."
    )
    typer.echo(
        f"Perplexity of {done.held_out} held-out texts: {done.before:.4g} before, "
        f"{done.after:.4g} after."
    )
    typer.echo(f"The writer lies in {done.folder}.")


@cli.command()
def check(files_only: bool = _NO_SHOP) -> None:
    """Check data/campaigns: files, forbidden words, and that each template gives a good text.

    Exits with 1 when something is wrong.
    """
    from backends.campaigns.copy.checking import check as work
    from backends.campaigns.copy.training.examples import all_wares
    from backends.campaigns.copy.wares import Ware
    from backends.db import checked_database
    from backends.settings import load_settings

    settings = load_settings()

    async def products() -> list[Ware]:
        async with checked_database(settings) as database, database.read() as session:
            return await all_wares(session)

    checked = work(settings.campaigns_data, () if files_only else asyncio.run(products()))
    for problem in checked.problems:
        typer.echo(problem, err=True)
    typer.echo(
        f"{settings.campaigns_data}: {checked.templates} templates, "
        f"{checked.claims} kinds of forbidden words, {len(checked.problems)} problems."
    )
    if checked.problems:
        raise typer.Exit(1)
