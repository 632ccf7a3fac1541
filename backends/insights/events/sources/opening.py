"""The source that the setting names."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit, urlunsplit

from backends.insights.events.sources.kafka import Kafka
from backends.insights.events.sources.rabbitmq import RabbitMq
from backends.insights.events.sources.source import Source
from backends.insights.events.sources.sqlite_file import SqliteFile
from backends.setup_error import SetupError

OFF = "off"
_FORMS = (
    "XIAOER_EVENTS_URL must be off, sqlite:///FILE, amqp://USER:PASSWORD@HOST:PORT/QUEUE "
    "or kafka://HOST:PORT/TOPIC"
)
_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
_SERVER = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::([0-9]{1,5}))?", re.ASCII)
_SECURITY = {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}
_MECHANISMS = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}


def open_source(url: str) -> Source | None:
    """The source of a setting, not connected yet; None when it is switched off.

    Raises:
        SetupError: it is no such address; the sentence does not quote it, for it may hold a
            password.
    """
    url = url.strip()
    if url.lower() == OFF:
        return None
    try:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        raise SetupError(f"{_FORMS}.") from None
    if parts.scheme == "sqlite":
        return _file(url)
    if parts.scheme in ("amqp", "amqps"):
        return _rabbitmq(parts, query)
    if parts.scheme == "kafka":
        return _kafka(parts, query)
    raise SetupError(f"{_FORMS}.")


def _file(url: str) -> SqliteFile:
    path = url[len("sqlite:///") :] if url.startswith("sqlite:///") else ""
    if not path or path == ":memory:" or "\0" in path or Path(path).is_dir():
        raise SetupError(f"{_FORMS}: after sqlite:/// comes the name of a file.")
    return SqliteFile(Path(path))


def _rabbitmq(parts: SplitResult, query: dict[str, str]) -> RabbitMq:
    queue = _name(parts, "queue")
    _servers(parts, most=1)
    _no_other(query, "vhost")
    _installed("aio_pika", "aio-pika")
    vhost = quote(query.get("vhost", "/"), safe="")
    url = urlunsplit((parts.scheme, parts.netloc, f"/{vhost}", "", ""))
    return RabbitMq(url, queue, _address(parts))


def _kafka(parts: SplitResult, query: dict[str, str]) -> Kafka:
    topic = _name(parts, "topic")
    _servers(parts, most=20)
    _no_other(query, "security", "mechanism", "ca")
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    security = query.get("security", "SASL_SSL" if user else "PLAINTEXT").upper()
    mechanism = query.get("mechanism", "PLAIN").upper()
    if security not in _SECURITY or mechanism not in _MECHANISMS:
        raise SetupError(
            "XIAOER_EVENTS_URL has a wrong security or mechanism: they are one of "
            f"{', '.join(sorted(_SECURITY))} and one of {', '.join(sorted(_MECHANISMS))}."
        )
    options = {"security.protocol": security}
    if security.startswith("SASL"):
        options.update(
            {
                "sasl.mechanism": mechanism,
                "sasl.username": unquote(user),
                "sasl.password": unquote(password),
            }
        )
    if "ca" in query:
        options["ssl.ca.location"] = query["ca"]
    _installed("confluent_kafka", "confluent-kafka")
    return Kafka(_address(parts), topic, options)


def _name(parts: SplitResult, what: str) -> str:
    name = unquote(parts.path.lstrip("/"))
    if not _NAME.fullmatch(name):
        raise SetupError(f"{_FORMS}: the {what} is missing or is no name.")
    return name


def _servers(parts: SplitResult, most: int) -> None:
    servers = _address(parts).split(",")
    matches = [_SERVER.fullmatch(server) for server in servers]
    good = all(match and 0 < int(match[1] or 1) < 65_536 for match in matches)
    if not good or len(servers) > most:
        raise SetupError(f"{_FORMS}: the host or its port is wrong.")


def _address(parts: SplitResult) -> str:
    """Hosts and ports without user and password."""
    return parts.netloc.rpartition("@")[2]


def _no_other(query: dict[str, str], *known: str) -> None:
    if not query.keys() <= set(known):
        raise SetupError(f"{_FORMS}: after ? may stand {', '.join(known)}.")


def _installed(module: str, package: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise SetupError(f"XIAOER_EVENTS_URL needs the package {package}: pip install {package}.")
