"""Which processes a project needs, and on which ports."""

from dataclasses import dataclass

from xiaoer.cli.project import Project
from xiaoer.cli.supervisor import Service


@dataclass(frozen=True)
class Ports:
    """The ports of the three processes."""

    rasa: int = 5005
    actions: int = 5055
    backends: int = 5080


#: The variables by which the action server finds each backend.
BACKEND_URLS = (
    "CATALOG_URL",
    "ORDERS_URL",
    "RECOMMENDATIONS_URL",
    "KNOWLEDGE_URL",
    "REVIEW_URL",
    "CUSTOMERS_URL",
    "HANDOFF_URL",
    "FEEDBACK_URL",
    "OUTREACH_URL",
)


def environment_for(project: Project, ports: Ports) -> dict[str, str]:
    """Return the processes' environment: backends that are not named otherwise are ours."""
    environment = project.environment()
    for name in BACKEND_URLS:
        environment.setdefault(name, f"http://127.0.0.1:{ports.backends}")
    # The backends send what a person says to the customer's channel by way of Rasa.
    environment.setdefault("RASA_URL", f"http://127.0.0.1:{ports.rasa}")
    return environment


def backends_service(project: Project, ports: Ports) -> Service:
    """Return the reference shop backends."""
    command = project.python("-m", "backends", "serve", "--port", str(ports.backends))
    return Service("backends", command, ports.backends, "/health", "--backends-port")


def actions_service(project: Project, ports: Ports) -> Service:
    """Return the action server."""
    command = project.rasa("run", "actions", "--port", str(ports.actions))
    return Service("actions", command, ports.actions, "/health", "--actions-port")


def rasa_service(
    project: Project, ports: Ports, endpoints: str, credentials: str = "credentials.yml"
) -> Service:
    """Return the Rasa server; it answers once its model is loaded."""
    options = ("--endpoints", endpoints, "--credentials", credentials, "--interface", "127.0.0.1")
    command = project.rasa("run", "--port", str(ports.rasa), *options)
    return Service("rasa", command, ports.rasa, "/webhooks/rest/", "--rasa-port", seconds=600)


def services_of(
    project: Project,
    ports: Ports,
    endpoints: str = "endpoints.yml",
    credentials: str = "credentials.yml",
) -> list[Service]:
    """Return the processes that the project needs, in the order they are started."""
    services = [rasa_service(project, ports, endpoints, credentials)]
    if project.has_actions:
        services.insert(0, actions_service(project, ports))
    if project.has_backends:
        services.insert(0, backends_service(project, ports))
    return services
