"""``python -m backends``: serve, seed and migrate the reference shop."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

import typer

from backends.campaigns.commands import cli as campaigns
from backends.customers.commands import cli as customers
from backends.customers.profiles.commands import add_commands as add_profile_commands
from backends.insights.commands import cli as insights
from backends.knowledge.commands import cli as knowledge
from backends.knowledge.commands import prepare_articles
from backends.recommendations.commands import cli as recommend
from backends.review.commands import cli as review
from backends.setup_error import SetupError
from backends.staff.commands import cli as staff

if TYPE_CHECKING:
    from backends.settings import Settings

cli = typer.Typer(
    name="python -m backends",
    help="The reference shop: catalogue, orders, customers, recommendations, knowledge base.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(knowledge, name="knowledge")
add_profile_commands(customers)
cli.add_typer(customers, name="customers")
cli.add_typer(recommend, name="recommend")
cli.add_typer(staff, name="staff")
cli.add_typer(campaigns, name="campaigns")
cli.add_typer(insights, name="insights")
cli.add_typer(review, name="review")


@cli.command()
def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(5080, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    workers: int = typer.Option(1, min=1, max=64, help="Number of processes."),
) -> None:
    """Serve the shop over HTTP until stopped. Needs a database made by `seed` or `migrate`."""
    # Requests are many and their sums small: threads of numpy would only wait for each other.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    settings = _prepare()
    listener = _bind(host, port)

    from backends.db import checked_database
    from backends.staff.accounts import is_anybody

    async def check() -> bool:
        async with checked_database(settings) as database, database.read() as session:
            return await is_anybody(session)

    if not asyncio.run(check()):
        typer.echo("Nobody can log in at /staff yet: `xiaoer staff add NAME`.", err=True)

    from backends.app import create_app

    app = create_app(settings)
    with _refusals(host, port):
        # Here, not in Sanic: of two servers that start together one must be told.
        listener.listen(128)
    typer.echo(f"The shop answers at http://{host}:{listener.getsockname()[1]}", err=True)
    app.run(sock=listener, workers=workers, motd=False, access_log=False, debug=False)


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date; data is kept."""
    from backends.migrations.run import upgrade

    settings = _prepare()
    before, after = asyncio.run(upgrade(settings))
    typer.echo(
        f"The schema is up to date ({after})."
        if before == after
        else f"The schema went from {before or 'nothing'} to {after}."
    )


_TODAY = typer.Option(
    None,
    formats=["%Y-%m-%d"],
    metavar="YYYY-MM-DD",
    help="Make orders as of this day; by default, of the day they are first made.",
    show_default=False,
)


@cli.command()
def seed(
    reset: bool = typer.Option(False, "--reset", help="Throw all away and make it anew."),
    today: datetime = _TODAY,
) -> None:
    """Fill the shop with the products of data/shop and invented customers and orders.

    Makes the vectors of the knowledge base, too, which takes a minute the first time. Does nothing
    when that has been done and the files have not changed.
    """
    from backends.seed.run import seed as run_seed

    settings = _prepare()
    outcome = asyncio.run(run_seed(settings, reset=reset, today=today.date() if today else None))
    typer.echo(
        {
            "nothing": f"The shop is filled already, with orders as of {outcome.today} "
            "(--reset makes them anew).",
            "catalogue": "The products were renewed; customers and orders stay.",
            "everything": f"The shop is filled, with orders as of {outcome.today}.",
        }[outcome.done]
    )
    prepare_articles(settings.knowledge_data)


def _prepare() -> Settings:
    from backends import logs
    from backends.settings import load_settings

    settings = load_settings()
    logs.configure(settings)
    return settings


@contextmanager
def _refusals(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SetupError(
                f"Port {port} is in use: stop what listens there or choose another with --port."
            ) from None
        raise SetupError(f"Cannot listen on {host}:{port} ({error.strerror}).") from None


def _bind(host: str, port: int) -> socket.socket:
    with _refusals(host, port):
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    return listener


def main() -> None:
    """Run the command line; a `SetupError` becomes one sentence on stderr and exit code 1."""
    try:
        cli()
    except SetupError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
