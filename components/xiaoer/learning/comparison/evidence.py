"""What both models do with the same messages and conversations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from xiaoer.learning.errors import LearningError


class Rasa:
    """Runs Rasa in the project, in processes of its own.

    Args:
        project: The project's folder.
        environment: Of the processes.
    """

    def __init__(self, project: Path, environment: Mapping[str, str]) -> None:
        self._project = project
        self._environment = dict(environment)

    def ask(self, model: Path, texts: list[str], stories: Path | None) -> dict[str, Any]:
        """Return `parses` of the texts and the `stories` of a model.

        Raises:
            LearningError: Rasa failed; its last lines are in the text.
        """
        task = {"model": str(model), "texts": texts, "stories": str(stories) if stories else None}
        return self._run(task, f"The model {model.name} could not be examined")

    def folds(self, pipeline: list[dict[str, Any]], folds: int, seed: int) -> list[dict[str, Any]]:
        """Return what a pipeline understands of each example it was not trained on.

        Raises:
            LearningError: A fold could not be trained.
        """
        domain = "domain" if (self._project / "domain").is_dir() else "domain.yml"
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "config.yml"
            # JSON is YAML.
            written = {"recipe": "default.v1", "language": self._language(), "pipeline": pipeline}
            config.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
            task = {
                "config": str(config),
                "domain": domain,
                "data": ["data"],
                "folds": folds,
                "seed": seed,
            }
            with tqdm(total=folds, unit="fold", desc="folds") as bar:
                found = self._run(task, "The folds could not be trained", bar.update)
        return found["folds"]  # type: ignore[no-any-return]

    def _language(self) -> str:
        import yaml

        config = yaml.safe_load((self._project / "config.yml").read_text(encoding="utf-8"))
        return str((config or {}).get("language") or "en")

    def _run(self, task: dict[str, Any], failure: str, step: Any = None) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            asked, answer = Path(folder) / "task.json", Path(folder) / "answer.json"
            asked.write_text(json.dumps(task))
            command = [sys.executable, "-m", "xiaoer.learning.comparison.worker"]
            # What is trained for a fold is used once: it must not push the project's own parts
            # out of Rasa's cache.
            environment = {**self._environment, "RASA_MAX_CACHE_SIZE": "0", "LOG_LEVEL": "ERROR"}
            log = Path(folder) / "log"
            with log.open("w") as errors:
                process = subprocess.Popen(
                    [*command, str(asked), str(answer)],
                    cwd=self._project,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    errors="replace",
                )
                assert process.stdout is not None
                said: list[str] = []
                try:
                    for line in process.stdout:
                        said.append(line)
                        if step and line.startswith("fold "):
                            step(1)
                    process.wait()
                finally:
                    process.stdout.close()
                    if process.poll() is None:
                        process.kill()
                        process.wait()
            if process.returncode or not answer.is_file():
                last = log.read_text(errors="replace").strip().splitlines()[-1:] or said[-1:]
                raise LearningError(f"{failure}: {last[0].strip() if last else 'Rasa ended'}")
            return json.loads(answer.read_text())  # type: ignore[no-any-return]


def conversation_tests(project: Path) -> Path | None:
    """Return the folder of test conversations, or None when there are none."""
    for name in ("tests/conversations", "tests"):
        folder = project / name
        if any(os.path.basename(each).startswith("test_") for each in folder.rglob("*.yml")):
            return folder
    return None
