"""What must be there before a conversation: a seeded shop and a model trained from today's files."""

import subprocess

import typer

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
    typer.echo("Training the assistant (a few minutes the first time) …")
    _run(
        project,
        project.rasa("train", "--skip-validation", "--augmentation", "0"),
        "The assistant was not trained",
    )
    project.note_trained()
    return True


def _learn(project: Project, topic: str) -> None:
    command = project.python("-m", "backends", topic, "train", "--if-missing")
    done = subprocess.run(command, cwd=project.folder, env=project.environment())
    if done.returncode:
        typer.echo(f"Going on without: run `xiaoer {topic} train` when that is mended.", err=True)


def _run(project: Project, command: list[str], failure: str) -> None:
    done = subprocess.run(command, cwd=project.folder, env=project.environment())
    if done.returncode:
        raise CommandError(f"{failure}: the lines above say why.")
