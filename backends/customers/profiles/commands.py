"""``python -m backends customers …``: train profiles, see tags, profiles and segments."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from backends.customers.profiles.training import Trained

_CUSTOMER = typer.Argument(..., help="The customer's id.")
_NAME = typer.Argument(None, help="Name of a segment whose customers to list.", show_default=False)
_IF_MISSING = typer.Option(False, "--if-missing", help="Do nothing when that has been done.")
_JSON = typer.Option(False, "--json", help="Print what the service would answer.")


def add_commands(cli: typer.Typer) -> None:
    """Add the commands to ``customers``."""
    for command in (train, refresh, tags, profile, segments):
        cli.command()(command)


def train(if_missing: bool = _IF_MISSING) -> None:
    """Learn the tags of data/customers/tags.yml from all who agreed, and make their profiles.

    The old model serves until the new one is whole.
    """
    from backends.customers.profiles import running
    from backends.search.settings import SearchSettings
    from backends.settings import load_settings

    settings, search = load_settings(), SearchSettings()  # type: ignore[call-arg]
    if if_missing and running.is_trained(search):
        if not asyncio.run(running.count(settings)):
            # The shop was made anew, and the profiles went with it.
            asyncio.run(running.refresh(settings, search))
        return
    trained = asyncio.run(running.train(settings, search, progress=sys.stderr.isatty()))
    _show_training(trained)


def refresh() -> None:
    """Make the profiles that segments are made of anew, by the model there is."""
    from backends.customers.profiles import running
    from backends.search.settings import SearchSettings
    from backends.settings import load_settings

    made = asyncio.run(running.refresh(load_settings(), SearchSettings()))  # type: ignore[call-arg]
    typer.echo(f"Profiles of {made} customers are up to date.")


def tags() -> None:
    """Check data/customers/tags.yml; list its tags, and the features that rules can ask for."""
    from backends.customers.profiles.features import BEHAVIOUR, FAMILIES
    from backends.customers.profiles.tags import TAGS, read_tags
    from backends.settings import load_settings

    book = read_tags(load_settings().customers_data / TAGS)
    for group in book.groups:
        typer.echo(f"{group.id}: {group.en}, {group.zh}{' (any number)' if group.several else ''}")
        for tag in group.tags:
            texts = len(list(tag.texts.pairs()))
            given = f"{len(tag.when)} rules, {texts} texts, {len(tag.customers)} customers"
            typer.echo(f"  {tag.id:<14} {tag.en}, {tag.zh}: {given}")
    typer.echo("\nFeatures:")
    for feature in BEHAVIOUR:
        typer.echo(f"  {feature.name:<20} {feature.meaning}")
    for feature in FAMILIES:
        typer.echo(f"  {feature.name + '.CATEGORY':<20} {feature.meaning}")


def profile(customer: str = _CUSTOMER, as_json: bool = _JSON) -> None:
    """Show a customer's tags, each with its probability and the evidence for it."""
    from backends.customers.profiles import running
    from backends.customers.profiles.service import Profile
    from backends.customers.profiles.views import profile_view
    from backends.search.settings import SearchSettings
    from backends.settings import load_settings

    history, reckoned = asyncio.run(
        running.profile_of(load_settings(), SearchSettings(), customer)  # type: ignore[call-arg]
    )
    shown = profile_view(
        customer,
        Profile(
            covered=history is not None,
            reads_messages=history is not None and history.reads_messages,
            known=history is not None and history.known,
            reckoned=reckoned,
        ),
    )
    if as_json:
        typer.echo(json.dumps(shown.dict(), ensure_ascii=False, indent=2))
        return
    if not shown.covered:
        typer.echo(f"{customer} has not agreed to a profile.")
    elif not shown.known:
        typer.echo(f"Nothing is known of {customer} yet.")
    for tag in shown.tags:
        typer.echo(f"{tag.probability:>5.0%}  {tag.group}.{tag.tag}")
        if tag.probability >= 0.5:
            for each in tag.evidence[:3]:
                name = f"“{each.text}”" if each.text else each.label.en if each.label else each.name
                value = "" if each.text else f" {each.value:g}"
                typer.echo(f"         {each.effect:<7} {each.share:>4.0%}  {name}{value}")


def segments(name: str | None = _NAME) -> None:
    """List the segments of data/customers/segments.yml with their sizes, or one's customers."""
    from backends.customers.profiles import running
    from backends.customers.segments.book import read_folder
    from backends.settings import load_settings
    from backends.setup_error import SetupError

    settings = load_settings()
    found = read_folder(settings.customers_data)
    if name is not None and name not in found:
        raise SetupError(f"There is no segment {name}; there are {', '.join(found)}.")
    made, kept = asyncio.run(running.kept(settings))
    if made is None:
        raise SetupError("No profiles were made yet: run `xiaoer customers train`.")
    if name is not None:
        for one in kept:
            if found[name].has(one.values):
                typer.echo(one.customer)
        return
    for segment in found.values():
        size = sum(segment.has(one.values) for one in kept)
        typer.echo(f"{size:>6}  {segment.name:<18} {segment.en}, {segment.zh}")
    typer.echo(f"Of {len(kept)} customers with a profile, as of {made:%Y-%m-%d %H:%M} UTC.")


def _show_training(trained: Trained) -> None:
    typer.echo(f"Learnt from {trained.customers} customers who agreed.\n")
    typer.echo(
        "                customers  accuracy  (always the most frequent)  log loss  calibration error"
    )
    for group, found in trained.model.figures.items():
        typer.echo(
            f"{group:<16}{found.customers:>9}{found.accuracy:>9.1%}{found.majority:>15.1%}"
            f"{found.log_loss:>24.3f}{found.calibration_error:>12.3f}"
        )
    typer.echo("\nCustomers whom the examples name:")
    for tag, count in trained.labelled.items():
        typer.echo(f"{count:>6}  {tag}")
    for sentence in trained.left_out:
        typer.echo(f"Not learnt: {sentence}", err=True)
