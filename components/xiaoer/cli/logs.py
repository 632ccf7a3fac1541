"""`xiaoer import-logs`: transcripts to candidates for training data."""

from collections.abc import Sequence
from pathlib import Path

import typer

from xiaoer.cli.errors import CommandError


def import_transcripts(
    files: Sequence[Path],
    out: Path,
    columns: dict[str, str],
    *,
    language: str,
    min_size: int,
    groups: int | None,
    allowed: Sequence[str],
    project: Path,
    seed: int,
) -> None:
    """Write candidates into `out` and say what was found.

    Raises:
        CommandError: A file cannot be used, or the folder not be written.
    """
    # Imported here: scikit-learn takes seconds that other commands need not wait for.
    from xiaoer.learning.errors import LearningError
    from xiaoer.learning.logs.candidates import Settings
    from xiaoer.learning.logs.importing import Import, import_logs
    from xiaoer.lm.errors import LanguageModelError

    asked = Import(
        files,
        out,
        columns,
        language=language,
        allowed=allowed,
        project=project if (project / "data").is_dir() else None,
        settings=Settings(min_size=min_size, groups=groups, seed=seed),
    )
    try:
        candidates, counts = import_logs(asked, typer.echo)
    except (LearningError, LanguageModelError) as error:
        raise CommandError(str(error)) from error
    skipped = sum(counts.skipped.values())
    typer.echo(f"{counts.read} rows read: {counts.used} used, {skipped} skipped.")
    for reason, number in counts.skipped.most_common():
        typer.echo(f"  {number} {reason}")
    for line in counts.lines[:5]:
        typer.echo(f"  {line}")
    pairs = sum(candidate.pair is not None for candidate in candidates)
    typer.echo(
        f"{len(candidates)} candidate intents and {pairs} answers are in {out}: read report.md."
    )
