"""A conversation in the terminal: all that `rasa shell` needs is started, and stopped after it."""

import subprocess

import typer

from xiaoer.cli.endpoints import endpoints_for
from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports, environment_for, services_of
from xiaoer.cli.supervisor import Service, Supervisor, is_healthy, require_free


def check_ports(project: Project, ports: Ports) -> None:
    """Refuse ports that something else than our services holds.

    Raises:
        CommandError: If one is taken so.
    """
    for service in _services(project, ports):
        if not is_healthy(service.health_url):
            require_free(service)


def _services(project: Project, ports: Ports) -> list[Service]:
    """Return what runs beside `rasa shell`, which stands in for the Rasa server."""
    return services_of(project, ports)[:-1]


def chat(project: Project, ports: Ports) -> int:
    """Open `rasa shell` with backends and action server beside it; return its exit code.

    A service that is already running on its port is used as it is.
    """
    environment = environment_for(project, ports)
    with Supervisor(project.folder, environment, project.folder / ".xiaoer" / "logs") as supervisor:
        for service in _services(project, ports):
            if is_healthy(service.health_url):
                typer.echo(f"Using the {service.name} on port {service.port}.")
                continue
            typer.echo(f"Starting {service.name} …")
            supervisor.start(service)
        typer.echo("Opening the conversation. 您好! Type /stop to end it.")
        with endpoints_for(project, ports) as endpoints:
            command = project.rasa("shell", "--endpoints", endpoints)
            return subprocess.run(command, cwd=project.folder, env=environment).returncode
