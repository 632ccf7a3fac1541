"""`xiaoer evaluate` and `xiaoer promote`: another model beside the one that serves, and in its place."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import typer

from xiaoer.archives import ArchiveError, metadata, put_in_service
from xiaoer.cli.errors import CommandError
from xiaoer.cli.preparation import train_into
from xiaoer.cli.project import Project

CHALLENGERS = Path(".xiaoer/challengers")
REVIEWED = Path(".xiaoer/reviewed.jsonl")
#: Exit codes: the challenger is worse; there is too little to tell.
WORSE, UNCLEAR = 3, 4
_KEPT = 3


@dataclass(frozen=True)
class Request:
    """What `xiaoer evaluate` was asked; None where a default counts."""

    champion: Path | None
    challenger: Path | None
    reviewed: Path | None
    since: str
    folds: int
    tolerance: float
    newly_failing: int
    promote: bool
    allow_unclear: bool
    out: Path | None
    seed: int


def evaluate_models(project: Project, asked: Request) -> int:
    """Train if needed, compare, write the report, decide, and promote if that was asked.

    Returns:
        The exit code: 0, `WORSE` or `UNCLEAR`.

    Raises:
        CommandError: A model or file cannot be used, or a training fails.
    """
    # Imported here: scikit-learn and scipy take seconds that other commands need not wait for.
    from xiaoer.learning.comparison.decision import Rules, Verdict
    from xiaoer.learning.comparison.evaluation import Question, evaluate
    from xiaoer.learning.comparison.evidence import Rasa
    from xiaoer.learning.comparison.report import MARKDOWN, write_report
    from xiaoer.learning.comparison.reviewed import read_reviewed
    from xiaoer.learning.comparison.seen import hashes_of, seen_by
    from xiaoer.learning.errors import LearningError

    if asked.folds == 1 or not 0 <= asked.folds <= 20:
        raise CommandError("Folds are 2 to 20, or 0 for none.")
    if not 0 <= asked.tolerance <= 100:
        raise CommandError("The tolerance is 0 to 100 points.")
    since = _day(asked.since)
    champion = _model(asked.champion) if asked.champion else project.newest_model()
    if champion is None:
        raise CommandError("There is no model yet to compare with: run `xiaoer train` first.")
    out = asked.out or project.folder / ".xiaoer/evaluation"
    try:
        metadata(champion)
        reviewed_path = asked.reviewed or project.folder / REVIEWED
        reviewed, wrong = (
            read_reviewed(reviewed_path, since)
            if asked.reviewed or reviewed_path.is_file()
            else ([], [])
        )
        for line in wrong[:5]:
            typer.echo(line, err=True)
        trained_from = ""
        if asked.challenger:
            challenger = _model(asked.challenger)
        else:
            trained_from = project.training_hash()
            challenger = train_into(project, project.folder / CHALLENGERS)
            _keep_latest(challenger.parent)
        question = Question(
            champion,
            challenger,
            seen_by(project.folder, champion),
            seen_by(project.folder, challenger),
            hashes_of(project.folder),
            reviewed,
            asked.folds,
            asked.seed,
            Rules(asked.tolerance, asked.newly_failing),
        )
        rasa = Rasa(project.folder, project.environment())
        found = evaluate(question, rasa, project.folder, typer.echo)
        write_report(found, out)
    except (LearningError, ArchiveError) as error:
        raise CommandError(str(error)) from error
    decision = found.decision
    assert decision is not None
    for reason in decision.reasons:
        typer.echo(f"  {reason}")
    typer.echo(f"{decision.verdict.value}: see {out / MARKDOWN}")
    if decision.verdict is Verdict.WORSE:
        typer.echo("The challenger is not promoted; the champion goes on serving.")
        return WORSE
    if decision.verdict is Verdict.UNCLEAR and not asked.allow_unclear:
        typer.echo("Too little to tell; --allow-unclear promotes all the same.")
        return UNCLEAR
    if asked.promote:
        promote(project, challenger, trained_from)
    else:
        typer.echo(f"Put it in place: xiaoer promote {challenger}")
    return 0


def promote(project: Project, model: Path, trained_from: str = "") -> None:
    """Put a model in place; running servers that follow `models/` change to it by themselves.

    It counts as the model of the files as they are: `xiaoer up` keeps it until one is changed.

    Args:
        project: The project.
        model: The archive; an earlier one in `models/` goes back in place.
        trained_from: The hash of the files it was trained from, where that is known.

    Raises:
        CommandError: The archive is not whole or cannot be put there.
    """
    try:
        placed = put_in_service(_model(model), project.folder / "models")
    except ArchiveError as error:
        raise CommandError(str(error)) from error
    project.note_trained(trained_from or project.training_hash())
    typer.echo(
        f"{placed.name} is in place: `rasa run` changes to it by itself where credentials.yml has "
        "xiaoer.learning.ModelSwitch (`xiaoer up` always), else at its next start."
    )


def _keep_latest(folder: Path) -> None:
    """Challengers of earlier comparisons are of no more use; each takes tens of megabytes."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for old in models[:-_KEPT]:
        old.unlink(missing_ok=True)


def _model(path: Path) -> Path:
    if not path.is_file():
        raise CommandError(f"There is no model {path}.")
    return path.resolve()


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise CommandError(f"--since is a day such as 2026-01-31, not {text!r}.") from error
