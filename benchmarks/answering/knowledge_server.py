"""A running knowledge base to ask."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from benchmarks.harness import ROOT
from benchmarks.processes import environment, free_port, running

ARTICLES = ROOT / "data" / "knowledge"
_BACKENDS = [sys.executable, "-m", "backends"]


@contextmanager
def knowledge_server(
    folder: Path, articles: Path = ARTICLES, **settings: str
) -> Iterator[httpx.Client]:
    """Run the backends over a shop of their own, and yield a client that shows the token.

    Args:
        folder: where the shop's data and the articles' vectors are kept; made if missing.
        articles: the knowledge base.
        settings: environment variables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    settings = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}",
        "XIAOER_KNOWLEDGE_DATA": str(articles),
        "XIAOER_STATE_DIR": str(folder),
        "XIAOER_SERVICE_TOKEN": token,
        "LOG_LEVEL": "WARNING",
        **settings,
    }
    _run(["seed"], settings)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [*_BACKENDS, "serve", "--port", str(port)]
    headers = {"Authorization": f"Bearer {token}"}
    with (
        running(command, ROOT, f"{url}/health", **settings),
        httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client,
    ):
        time.sleep(2)  # what was kept on disk is read beside the first requests
        yield client


def in_one_language(language: str, target: Path) -> Path:
    """Write the articles in one language alone to a folder, and return it."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    other = "en" if language == "zh" else "zh"
    for path in ARTICLES.glob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = [{k: v for k, v in row.items() if k != other} for row in content["articles"]]
        content["articles"] = [row for row in rows if language in row]
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (target / path.name).write_text(text, encoding="utf-8")
    return target


def _run(arguments: list[str], settings: dict[str, str]) -> None:
    done = subprocess.run([*_BACKENDS, *arguments], cwd=ROOT, env=environment(**settings))
    if done.returncode:
        raise RuntimeError(f"backends {' '.join(arguments)} failed.")
