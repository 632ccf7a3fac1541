"""What must be there before a conversation: a seeded shop and a model trained from today's files."""

import subprocess

import typer

from xiaoer.cli.errors import CommandError
from xiaoer.cli.project import Project


def seed(project: Project) -> None:
    """Seed the reference shop and train its recommendations; quick when there is nothing to do.

    Raises:
        CommandError: If seeding fails.
    """
    if project.has_backends:
        _run(project, project.python("-m", "backends", "migrate"), "The shop was not migrated")
        _run(project, project.python("-m", "backends", "seed"), "The shop was not seeded")
        learn = project.python("-m", "backends", "recommend", "train", "--if-missing")
        _run(project, learn, "The recommendations were not trained")


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
    typer.echo("Training the assistant (a few minutes the first time) …")
    _run(
        project,
        project.rasa("train", "--skip-validation", "--augmentation", "0"),
        "The assistant was not trained",
    )
    project.note_trained()
    return True


def _run(project: Project, command: list[str], failure: str) -> None:
    done = subprocess.run(command, cwd=project.folder, env=project.environment())
    if done.returncode:
        raise CommandError(f"{failure}: the lines above say why.")
