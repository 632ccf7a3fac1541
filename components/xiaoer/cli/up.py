"""Backends, action server and Rasa, started in order and stopped together."""

import typer

from xiaoer.cli.credentials import credentials_for
from xiaoer.cli.endpoints import endpoints_for
from xiaoer.cli.pages import pages_of
from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports, environment_for, services_of
from xiaoer.cli.supervisor import Supervisor, require_free


def check_ports(project: Project, ports: Ports) -> None:
    """Refuse taken ports at once, not after a training of minutes.

    Raises:
        CommandError: If one is taken.
    """
    for service in services_of(project, ports):
        require_free(service)


def up(project: Project, ports: Ports) -> None:
    """Run the project's processes until one ends or the user stops them.

    Raises:
        CommandError: If a port is taken, or a process does not start or ends.
    """
    with (
        Supervisor(project.folder, environment_for(project, ports)) as supervisor,
        endpoints_for(project, ports) as endpoints,
        credentials_for(project) as credentials,
    ):
        for service in services_of(project, ports, endpoints, credentials):
            supervisor.start(service)
        url = f"http://127.0.0.1:{ports.rasa}"
        elsewhere = "" if ports.rasa == Ports().rasa else f" --url {url}"
        typer.echo(
            f'The assistant is ready on {url} (try: xiaoer ask "你好"{elsewhere}). '
            "Press Ctrl+C to stop."
        )
        for page, address in pages_of(project, ports).items():
            typer.echo(f"  {page}: {address}")
        supervisor.wait()
