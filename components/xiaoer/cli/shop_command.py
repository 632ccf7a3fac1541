"""`xiaoer knowledge` and the like: commands of the project's own backends."""

import subprocess
from pathlib import Path

from xiaoer.cli.errors import CommandError
from xiaoer.cli.project import Project


def shop_command(project: Project, topic: str, arguments: list[str]) -> int:
    """Run `python -m backends TOPIC` in the project; files are named as from here.

    Returns:
        Its exit code.

    Raises:
        CommandError: The project has no backends of its own.
    """
    if not project.has_backends:
        raise CommandError(f"{project.folder} has no backends/ of its own, so no {topic} either.")
    shown = [str(Path(each).resolve()) if Path(each).is_file() else each for each in arguments]
    command = project.python("-m", "backends", topic, *shown)
    return subprocess.run(command, cwd=project.folder, env=project.environment()).returncode
