"""What must be there before a conversation: a seeded shop and a model trained from today's files."""

import subprocess
from contextlib import suppress
from pathlib import Path

import typer

from xiaoer.archives import ArchiveError, newest
from xiaoer.cli.errors import CommandError
from xiaoer.cli.project import Project


def seed(project: Project) -> None:
    """Seed the reference shop, train profiles and recommendations; quick when that has been done.

    A shop that has nothing to learn from yet serves all the same.

    Raises:
        CommandError: If seeding fails.
    """
    if project.has_backends:
        _run(project, project.python("-m", "backends", "migrate"), "The shop was not migrated")
        _run(project, project.python("-m", "backends", "seed"), "The shop was not seeded")
        # Profiles first: the recommendations learn from their tags.
        for topic in ("customers", "recommend"):
            _learn(project, topic)


def train_if_needed(project: Project, force: bool = False) -> bool:
    """Train unless the newest model was made from the files as they are.

    The stories' structure is not checked on the way: that takes longer than the training after a
    small change, and `rasa data validate` does it. Nor are stories strung together ("augmented"):
    CompactPolicy splices them itself.

    Returns:
        Whether a model was trained.

    Raises:
        CommandError: If training fails.
    """
    if not force and project.is_trained():
        return False
    # Of the files as they are now: what is edited meanwhile wants another training.
    trained_from = project.training_hash()
    train_into(project, project.folder / "models")
    project.note_trained(trained_from)
    return True


def train_into(project: Project, folder: Path) -> Path:
    """Train the files as they are, note which examples they have, and return the archive.

    Raises:
        CommandError: If training fails.
    """
    # Imported here: the reading of examples is wanted only when something is trained.
    from xiaoer.learning.comparison.seen import hashes_of, note_seen

    typer.echo("Training the assistant (a few minutes the first time) …")
    examples = hashes_of(project.folder)
    options = ("--skip-validation", "--augmentation", "0", "--out", str(folder))
    _run(project, project.rasa("train", *options), "The assistant was not trained")
    made = newest(folder)
    if made is None:
        raise CommandError(f"The assistant was not trained: there is no model in {folder}.")
    with suppress(ArchiveError, OSError):
        note_seen(project.folder, made.path, examples)
    return made.path


def _learn(project: Project, topic: str) -> None:
    command = project.python("-m", "backends", topic, "train", "--if-missing")
    done = subprocess.run(command, cwd=project.folder, env=project.environment())
    if done.returncode:
        typer.echo(f"Going on without: run `xiaoer {topic} train` when that is mended.", err=True)


def _run(project: Project, command: list[str], failure: str) -> None:
    done = subprocess.run(command, cwd=project.folder, env=project.environment())
    if done.returncode:
        raise CommandError(f"{failure}: the lines above say why.")
