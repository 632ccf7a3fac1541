"""``python -m backends customers …``: erasing a customer, and how groups of customers fare."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import typer

from backends.setup_error import SetupError

cli = typer.Typer(
    help="Customers: profiles and segments, erasure, and how groups of customers fare.",
    no_args_is_help=True,
)

_CUSTOMER = typer.Argument(..., help="The customer's id.")
_GROUPS = typer.Option(
    None,
    "--groups",
    help="A CSV file with the header customer_id,group. It is read for this report only.",
)
_URL = typer.Option(None, help="The recommendation service, if not RECOMMENDATIONS_URL.")
_MOST = typer.Option(
    400, "--customers", min=0, help="Ask for the recommendations of so many; 0 leaves them out."
)
_JSON = typer.Option(False, "--json", help="Print figures for programs.")


@cli.command()
def erase(customer: str = _CUSTOMER) -> None:
    """Erase a customer everywhere, and print the report as JSON.

    Refused while an order, a return, an exchange or a refund of theirs is open.
    """
    from backends.customers.erasure.erasing import erase as erase_customer
    from backends.db import checked_database, now
    from backends.errors import ApiError
    from backends.settings import load_settings

    settings = load_settings()

    async def work() -> str:
        async with checked_database(settings) as database:
            report = await erase_customer(database, customer, now(), settings.return_window_days)
            return report.json(indent=2, ensure_ascii=False)

    try:
        typer.echo(asyncio.run(work()))
    except ApiError as refusal:
        names = [f"{one['what']} {one['order_number']}" for one in refusal.extra.get("open", [])]
        what = f" Open: {', '.join(names)}." if names else ""
        raise SetupError(f"{refusal.message}{what}") from None


@cli.command()
def groups(
    file: Path | None = _GROUPS,
    url: str | None = _URL,
    most: int = _MOST,
    as_json: bool = _JSON,
) -> None:
    """Compare recommendations and service between groups of customers.

    By language, which the shop knows, and by the groups of a file if one is given. Each rate has
    its count, a 95 % interval and its ratio to the best-off group.
    """
    from backends.customers.groups.report import gather, written
    from backends.settings import load_settings

    tables = gather(load_settings(), file, most, url)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in tables], ensure_ascii=False, indent=2))
        return
    for line in written(tables):
        typer.echo(line)
