"""The pages that a started project serves, for people to open in a browser."""

from ruamel import yaml

from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports

_WEB_CHANNEL = "xiaoer.channels.WebInput"


def pages_of(project: Project, ports: Ports) -> dict[str, str]:
    """Return the addresses by what they show."""
    pages = {}
    if _opens_web_channel(project):
        pages["chat"] = f"http://127.0.0.1:{ports.rasa}/webhooks/web/demo"
    if project.has_backends:
        pages["staff"] = f"http://127.0.0.1:{ports.backends}/staff"
    return pages


def _opens_web_channel(project: Project) -> bool:
    path = project.folder / "credentials.yml"
    if not path.is_file():
        return False
    channels = yaml.YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return isinstance(channels, dict) and _WEB_CHANNEL in channels
