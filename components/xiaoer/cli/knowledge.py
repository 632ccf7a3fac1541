"""`xiaoer knowledge`: the project's own knowledge base, by its backends' command."""

import subprocess
from pathlib import Path

from xiaoer.cli.errors import CommandError
from xiaoer.cli.project import Project


def knowledge(project: Project, arguments: list[str]) -> int:
    """Run `python -m backends knowledge` in the project; files are named as from here.

    Returns:
        Its exit code.

    Raises:
        CommandError: The project has no backends of its own.
    """
    if not project.has_backends:
        raise CommandError(f"{project.folder} has no backends/ with a knowledge base.")
    shown = [str(Path(each).resolve()) if Path(each).is_file() else each for each in arguments]
    command = project.python("-m", "backends", "knowledge", *shown)
    return subprocess.run(command, cwd=project.folder, env=project.environment()).returncode
