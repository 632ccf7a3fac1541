"""``python -m backends review``."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from backends.review.queue.exporting.export import Exported

cli = typer.Typer(
    help="The review queue: collect what was not understood, export what was decided.",
    no_args_is_help=True,
)
_DRY_RUN = typer.Option(False, "--dry-run", help="Only show the changes; change nothing.")
_OUT = typer.Option(
    None, "--out", metavar="PATCH", help="Write the changes to this file, not to the terminal."
)


@cli.callback()
def _topic() -> None:
    """The review queue: collect what was not understood, export what was decided."""


@cli.command()
def collect() -> None:
    """Collect and group what is new, as a running server does by itself."""
    from backends.setup_error import SetupError

    counts = asyncio.run(_collect())
    if counts is None:
        raise SetupError("A server or another command is collecting: try again in a minute.")
    left = {name: counts[name] for name in sorted(counts) if name not in _TOLD}
    typer.echo(
        f"Collected {counts['new']} new messages and {counts['repeated']} said before; "
        f"{counts['grouped']} came into groups. Left out: {sum(left.values())}"
        + (f" ({', '.join(f'{name} {count}' for name, count in left.items())})." if left else ".")
    )


@cli.command()
def export(dry_run: bool = _DRY_RUN, out: Path | None = _OUT) -> None:
    """Write what was decided into data/nlu, data/knowledge and domain.yml, and show the diff.

    What is exported cannot be undone in the console any more: look at the diff and commit it, or
    take it back with your version control. Labelled messages of the last weeks are written to
    .xiaoer/reviewed.jsonl for evaluations.
    """
    done = asyncio.run(_export(dry_run))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(done.diff, encoding="utf-8")
    else:
        typer.echo(done.diff, nl=False)
    for problem in done.problems:
        typer.echo(problem, err=True)
    verb = "Would export" if dry_run else "Exported"
    typer.echo(
        f"{verb} {done.messages} messages: {done.examples} examples, {len(done.intents)} new "
        f"intents, {len(done.articles)} articles; {len(done.problems)} stay.",
        err=True,
    )
    if not dry_run:
        typer.echo(f"{done.labelled} labelled messages are kept for evaluations.", err=True)
    if done.intents:
        typer.echo(
            f"No rule or story answers {', '.join(done.intents)} yet: write one in data/rules "
            "or data/stories, then train.",
            err=True,
        )


_TOLD = ("new", "repeated", "grouped")


async def _collect() -> Counter[str] | None:
    from tqdm import tqdm

    import backends.models  # noqa: F401  # rows name tables of other services
    from backends.db import checked_database
    from backends.review.queue.queue import Queue
    from backends.review.queue.settings import load_review_settings
    from backends.settings import load_settings

    async with checked_database(load_settings()) as db:
        queue = Queue(db, load_review_settings(), threads_of_encoder=2)
        try:
            with tqdm(desc="Vectors", unit=" messages", disable=None, leave=False) as bar:
                return await queue.round(bar.update)
        finally:
            queue.close()


async def _export(dry_run: bool) -> Exported:
    import backends.models  # noqa: F401
    from backends.db import checked_database
    from backends.review.queue.exporting.export import export as run
    from backends.review.queue.settings import load_review_settings
    from backends.settings import load_settings

    settings = load_settings()
    async with checked_database(settings) as db:
        return await run(db, load_review_settings(), settings.knowledge_data, dry_run, Path.cwd())
