"""The Rasa project a command works on: its folder, its files, and whether its model is up to date."""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from xiaoer.archives import newest
from xiaoer.cli.errors import CommandError

TRAINED_STAMP = Path(".xiaoer/trained.json")
#: What a training run reads, relative to the project.
TRAINING_INPUTS = ("config.yml", "domain.yml", "domain", "data", "components/xiaoer")

#: Folders of these names have no part in a model.
NOT_TRAINED = {"brokers", "cli", "channels", "learning"}

#: Keeps TensorFlow, SQLAlchemy and telemetry silent in the processes we start.
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "RASA_TELEMETRY_ENABLED": "false",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
}


class Project:
    """A folder that holds `config.yml`.

    Args:
        folder: The project's folder.

    Raises:
        CommandError: If the folder holds no `config.yml`, or one that is no YAML.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / "config.yml").is_file():
            raise CommandError(
                f"{self.folder} is no Rasa project (no config.yml there): "
                "go to your project's folder, or name it with --project."
            )
        self._check_config()

    def _check_config(self) -> None:
        """Refuse a broken config.yml by its name, which Rasa's own message leaves out."""
        path = self.folder / "config.yml"
        try:
            YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise CommandError(
                f"{path} is no valid YAML: {error.problem} in line {line}."
            ) from error
        except (UnicodeDecodeError, YAMLError) as error:
            raise CommandError(
                f"{path} is no YAML text in UTF-8: correct or restore it."
            ) from error

    @property
    def has_backends(self) -> bool:
        """Whether the project brings its own reference backends."""
        return (self.folder / "backends" / "__main__.py").is_file()

    @property
    def has_actions(self) -> bool:
        """Whether the project has custom actions."""
        return (self.folder / "actions" / "__init__.py").is_file() or (
            self.folder / "actions.py"
        ).is_file()

    def environment(self) -> dict[str, str]:
        """Return the environment of the project's processes: ours, quiet, this Python first."""
        environment = {**QUIET, **os.environ}
        environment["PATH"] = os.pathsep.join(
            (str(Path(sys.executable).parent), environment.get("PATH", ""))
        )
        if self.has_backends:
            environment.setdefault("XIAOER_SERVICE_TOKEN", self.service_token())
        return environment

    def service_token(self) -> str:
        """Return the token that action server and backends share, made at the first use."""
        path = self.folder / ".xiaoer" / "service-token"
        path.parent.mkdir(exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        token = secrets.token_urlsafe(32)
        with os.fdopen(descriptor, "w") as file:
            file.write(token)
        return token

    def rasa(self, *arguments: str) -> list[str]:
        """Return the command line of `rasa` in this Python."""
        return [sys.executable, "-m", "rasa", *arguments]

    def python(self, *arguments: str) -> list[str]:
        """Return a command line of this Python."""
        return [sys.executable, *arguments]

    def training_hash(self) -> str:
        """Return the hash of every file that a training run reads."""
        digest = hashlib.sha256()
        for path in self._training_files():
            digest.update(str(path.relative_to(self.folder)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def newest_model(self) -> Path | None:
        """Return the newest archive in `models/`, the one that `rasa shell` would load."""
        found = newest(self.folder / "models")
        return found.path if found else None

    def is_trained(self) -> bool:
        """Whether the newest model was trained from the files as they are now."""
        model = self.newest_model()
        stamp = self.folder / TRAINED_STAMP
        if model is None or not stamp.is_file():
            return False
        try:
            trained = json.loads(stamp.read_text())
        except ValueError:
            return False
        return bool(
            trained.get("model") == model.name and trained.get("hash") == self.training_hash()
        )

    def note_trained(self, training_hash: str) -> None:
        """Remember the hash of the files that the newest model was trained from."""
        model = self.newest_model()
        if model is None:
            return
        stamp = self.folder / TRAINED_STAMP
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(json.dumps({"model": model.name, "hash": training_hash}))

    def _training_files(self) -> Iterator[Path]:
        for name in TRAINING_INPUTS:
            path = self.folder / name
            if path.is_file():
                yield path
            elif path.is_dir():
                yield from sorted(
                    file
                    for file in path.rglob("*")
                    if file.suffix in {".yml", ".yaml", ".json", ".md", ".txt", ".py"}
                    and NOT_TRAINED.isdisjoint(file.relative_to(self.folder).parts)
                )
