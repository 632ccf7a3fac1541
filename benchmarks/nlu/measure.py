"""Trains a pipeline through Rasa and has it answer, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import ROOT
from benchmarks.nlu.datasets import Example, Span
from benchmarks.nlu.metrics import Prediction
from benchmarks.nlu.project import Pipeline, write
from benchmarks.nlu.worker import MIB
from benchmarks.processes import run


@dataclass(frozen=True)
class Run:
    """What one pipeline did on one data set.

    Attributes:
        predictions: For each test message.
        costs: Seconds (`train`, `load`), milliseconds a message (`p50`, `p95`), and MiB (`memory`
            and `training memory`, both at their peak, and `archive`).
    """

    predictions: list[Prediction]
    costs: dict[str, float]


def measured(
    language: str,
    pipeline: Pipeline,
    train: Sequence[Example],
    test: Sequence[Example],
    finetune: Path | None = None,
    keep: Path | None = None,
) -> Run:
    """Train in one process; load and parse `test` in another, one message at a time.

    Args:
        language: For config.yml.
        pipeline: For config.yml.
        train: What it learns from.
        test: What it is asked.
        finetune: The archive to go on from, as with `rasa train nlu --finetune`.
        keep: Where to put the archive.
    """
    with tempfile.TemporaryDirectory(prefix="xiaoer-nlu-") as folder:
        project = write(Path(folder) / "project", language, pipeline, train)
        before = str(finetune) if finetune else None
        trained = _job(Path(folder), {"project": str(project), "finetune": before})
        if keep:
            shutil.copy(trained["model"], keep)
        run = served(Path(trained["model"]), [example.text for example in test])
    return Run(
        run.predictions,
        {**run.costs, "train": trained["train"], "training memory": trained["memory"]},
    )


def served(model: Path, texts: Sequence[str]) -> Run:
    """Load an archive in a process of its own and parse texts, one message at a time.

    What training cost is not among the costs.
    """
    with tempfile.TemporaryDirectory(prefix="xiaoer-nlu-") as folder:
        done = _job(Path(folder), {"model": str(model), "texts": list(texts)})
    p50, p95 = np.percentile(done["milliseconds"], [50, 95])
    return Run(
        _predictions(done["answers"]),
        {
            "load": done["load"],
            "p50": float(p50),
            "p95": float(p95),
            "memory": done["memory"],
            "archive": model.stat().st_size / MIB,
        },
    )


def predicted(
    language: str, pipeline: Pipeline, train: Sequence[Example], test: Sequence[Example]
) -> list[Prediction]:
    """Return the predictions alone, made by one process."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-nlu-") as folder:
        project = write(Path(folder) / "project", language, pipeline, train)
        texts = [example.text for example in test]
        return _predictions(
            _job(Path(folder), {"project": str(project), "texts": texts})["answers"]
        )


def _predictions(answers: list[dict[str, Any]]) -> list[Prediction]:
    return [
        Prediction(
            answer["intent"],
            answer["confidence"],
            tuple(sorted(Span(*entity) for entity in answer["entities"])),
        )
        for answer in answers
    ]


def _job(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Run the worker on a job; nothing that an earlier training left is found by it."""
    order, result, cache = folder / "job.json", folder / "result.json", folder / "cache"
    order.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    paths = [str(ROOT), str(ROOT / "components"), *filter(None, [os.environ.get("PYTHONPATH")])]
    run(
        [sys.executable, "-m", "benchmarks.nlu.worker", str(order), str(result)],
        folder,
        PYTHONPATH=os.pathsep.join(paths),
        LOG_LEVEL="ERROR",
        RASA_CACHE_DIRECTORY=str(cache),
    )
    shutil.rmtree(cache, ignore_errors=True)
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found
