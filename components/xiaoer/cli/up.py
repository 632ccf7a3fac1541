"""Backends, action server and Rasa, started in order and stopped together."""

import typer

from xiaoer.cli.endpoints import endpoints_for
from xiaoer.cli.project import Project
from xiaoer.cli.services import (
    Ports,
    actions_service,
    backends_service,
    environment_for,
    rasa_service,
)
from xiaoer.cli.supervisor import Supervisor


def up(project: Project, ports: Ports) -> None:
    """Run the project's processes until one ends or the user stops them.

    Raises:
        CommandError: If a port is taken, or a process does not start or ends.
    """
    with (
        Supervisor(project.folder, environment_for(project, ports)) as supervisor,
        endpoints_for(project, ports) as endpoints,
    ):
        if project.has_backends:
            supervisor.start(backends_service(project, ports))
        if project.has_actions:
            supervisor.start(actions_service(project, ports))
        supervisor.start(rasa_service(project, ports, endpoints))
        typer.echo(
            f"The assistant is ready on http://127.0.0.1:{ports.rasa} "
            '(try: xiaoer ask "你好"). Press Ctrl+C to stop.'
        )
        supervisor.wait()
