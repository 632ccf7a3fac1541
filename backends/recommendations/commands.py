"""``python -m backends recommend …``: train the model, see which there are, import history."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from backends.recommendations.learning.store import ModelStore

cli = typer.Typer(
    help="The recommendations: train the model, import history.", no_args_is_help=True
)

_FORCE = typer.Option(False, "--force", help="Let the new model serve even if it is worse.")
_IF_MISSING = typer.Option(
    False,
    "--if-missing",
    help="Do nothing when a model serves already, or there is too little to learn from.",
)
_SEED = typer.Option(7, help="Seed of all randomness.")
_FILE = typer.Argument(..., help="A .csv, .tsv or .jsonl file.")
_ENCODING = typer.Option("utf-8", help="The file's encoding, such as gb18030.")
_NAME = typer.Argument(..., help="The model's name, as `models` lists it.")


@cli.command()
def train(force: bool = _FORCE, if_missing: bool = _IF_MISSING, seed: int = _SEED) -> None:
    """Train on what customers did, and let the new model serve unless it is worse.

    Running servers change to it by themselves. Exits with 1 when it may not serve.
    """
    from backends.recommendations.learning.store import ModelStore
    from backends.search.settings import SearchSettings
    from backends.settings import load_settings

    search = SearchSettings()  # type: ignore[call-arg]
    if if_missing and ModelStore(search.state).current() is not None:
        return
    from tqdm import tqdm

    from backends.recommendations.learning.training import TooLittle, train_model

    try:
        with tqdm(desc="Recommendations", unit=" sweeps", disable=None, leave=False) as bar:
            outcome = asyncio.run(
                train_model(load_settings(), search, force=force, seed=seed, progress=bar.update)
            )
    except TooLittle as error:
        if not if_missing:
            raise
        typer.echo(error)
        return
    measured = outcome.quality
    typer.echo(
        f"Learned from {outcome.customers:,} customers and {outcome.products:,} products, "
        f"{outcome.pairs:,} pairs that had to do with each other, in {outcome.seconds:.1f} s."
    )
    if measured.value is not None and measured.baseline is not None:
        typer.echo(
            f"On what was held out: {measured.metric} {measured.value:.3f}; "
            f"{measured.baseline:.3f} without learning."
        )
    if outcome.objection is not None:
        typer.echo(
            f"Model {outcome.name} does not serve: {outcome.objection}. "
            "Use --force to let it serve all the same.",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(f"Model {outcome.name} serves now.")


@cli.command()
def models() -> None:
    """List the models that are kept, the newest first; the one that serves has a star."""
    from backends.recommendations.factorization.archive import ModelFileError
    from backends.recommendations.learning.promotion import Quality

    store = _store()
    serving = store.current()
    if not store.names():
        typer.echo("There is no model yet: run `xiaoer recommend train`.")
    for name in store.names():
        mark = "*" if name == serving else " "
        try:
            about = store.about(name)
        except ModelFileError as error:
            typer.echo(f"{mark} {name}  {error}")
            continue
        measured = Quality(**about["quality"])
        figures = "" if measured.value is None else f"{measured.metric} {measured.value:.3f}"
        typer.echo(f"{mark} {name}  {about['pairs']:,} pairs  {figures}")


@cli.command()
def promote(name: str = _NAME) -> None:
    """Let another of the kept models serve, such as the one before."""
    store = _store()
    # What cannot be read must not serve.
    from backends.recommendations.factorization.archive import ModelFileError
    from backends.setup_error import SetupError

    try:
        store.load(name)
    except ModelFileError as error:
        raise SetupError(str(error)) from None
    store.promote(name)
    typer.echo(f"Model {name} serves now.")


@cli.command("import")
def import_file(file: Path = _FILE, encoding: str = _ENCODING) -> None:
    """Import what customers did and rated; bad rows are named by line, the rest is kept.

    A CSV or TSV file has a header, JSON Lines an object a line, with customer_id, product_id (or a
    SKU), kind (view, click, cart, purchase or rating), at (ISO 8601, UTC where it names no zone),
    for ratings stars (1 to 5), for purchases if wished basket: an order's number, the same for
    what was bought together. Other columns are left alone.

    The same customer, product, kind and moment count once, also when a file is imported again. A
    customer's latest rating of a product takes the place of the former. Exits with 1 when no row
    could be used.
    """
    from tqdm import tqdm

    from backends.recommendations.importing.run import import_history
    from backends.rows import Problem
    from backends.settings import load_settings

    def tell(problem: Problem) -> None:
        tqdm.write(f"{file.name} line {problem.line}: {problem.what}", file=sys.stderr)

    outcome = asyncio.run(import_history(load_settings(), file, encoding, tell))
    typer.echo(
        f"Imported {outcome.interactions:,} interactions and {outcome.ratings:,} ratings; "
        f"{outcome.repeated:,} rows were known already, {outcome.problems:,} left out."
    )
    if not outcome.interactions + outcome.ratings + outcome.repeated:
        raise typer.Exit(1)


def _store() -> ModelStore:
    from backends.recommendations.learning.store import ModelStore
    from backends.search.settings import SearchSettings

    return ModelStore(SearchSettings().state)  # type: ignore[call-arg]
