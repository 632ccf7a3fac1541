"""``python -m backends knowledge …``: import, check and prepare the knowledge base."""

from __future__ import annotations

from pathlib import Path

import typer

cli = typer.Typer(
    help="The knowledge base: articles in data/knowledge that answer customers' questions.",
    no_args_is_help=True,
)

_FILE = typer.Argument(..., help="A .csv, .tsv, .md, .json or .jsonl file.")
_CATEGORY = typer.Option("imported", help="Category of rows that name none.")
_LANGUAGE = typer.Option(
    None, help="zh or en, for rows that do not say; by default, as the question is written."
)
_SOURCE = typer.Option(
    None, help="Where the answers stand, for rows that do not say; by default, the file's name."
)
_ENCODING = typer.Option("utf-8", help="The file's encoding, such as gb18030.")


@cli.command("import")
def import_articles(
    file: Path = _FILE,
    category: str = _CATEGORY,
    language: str | None = _LANGUAGE,
    source: str | None = _SOURCE,
    encoding: str = _ENCODING,
) -> None:
    """Import questions and answers from a file; bad rows are named by line, the rest is kept.

    A CSV file has a header with question and answer, and if wished id, language, category,
    variants (parted by a vertical bar), source, valid_from and valid_to.

    JSON is a list of objects with the same keys, or one object a line.

    In Markdown each heading below the first level is a question, quoted lines below it are other
    ways to ask, and the rest is the answer.

    Importing a file again replaces what it brought. Exits with 1 when nothing was imported.
    """
    from backends.knowledge.importing import Defaults, import_file
    from backends.knowledge.store import ArticleStore
    from backends.settings import load_settings

    store = ArticleStore(load_settings().knowledge_data)
    outcome = import_file(store, file, Defaults(category, language, source), encoding)
    for problem in outcome.problems:
        typer.echo(f"{file.name} line {problem.line}: {problem.what}", err=True)
    typer.echo(
        f"Imported into {store.folder}: {outcome.new} new, {outcome.replaced} replaced, "
        f"{len(outcome.problems)} left out."
    )
    if not outcome.new + outcome.replaced:
        raise typer.Exit(1)


@cli.command()
def check() -> None:
    """Read all articles and name each mistake; exits with 1 when there is one."""
    from backends.knowledge.reading import read_folder
    from backends.settings import load_settings

    folder = load_settings().knowledge_data
    reading = read_folder(folder)
    for problem in reading.problems:
        typer.echo(problem, err=True)
    categories = {article.category for article in reading.articles.values()}
    typer.echo(f"{folder}: {len(reading.articles)} articles in {len(categories)} categories.")
    if reading.problems:
        raise typer.Exit(1)


@cli.command()
def prepare() -> None:
    """Make the vectors of all articles and fit the confidence, so that servers need not."""
    from backends.settings import load_settings

    prepare_articles(load_settings().knowledge_data)


def prepare_articles(folder: Path) -> None:
    """Do what ``prepare`` does; nothing where search goes by words alone or all is there."""
    from backends.knowledge.collection import Collection
    from backends.knowledge.preparing import Preparation
    from backends.knowledge.reading import read_folder
    from backends.search.settings import SearchSettings

    settings = SearchSettings()  # type: ignore[call-arg]
    collection = Collection(read_folder(folder).articles.values())
    if not settings.encoder or not collection.texts:
        return
    from xiaoer.lm import Encoder, LanguageModelError

    try:
        preparation = Preparation(settings.state, Encoder.load(settings.encoder, threads=2))
    except LanguageModelError as error:
        typer.echo(f"The knowledge base is searched by words alone: {error}", err=True)
        return
    missing = preparation.missing(collection)
    preparation.vectors(collection, "knowledge" if missing > 100 else None)
    preparation.confidence(collection)
