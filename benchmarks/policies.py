"""CompactPolicy beside TEDPolicy: on stories held out of training, and what each costs.

Both are trained as the only learned policy beside the project's RulePolicy and MemoizationPolicy, on
the same stories with the same augmentation, and judged by `rasa test core`. TEDPolicy has the config
that `rasa init` writes. Each training and each judgement runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import yaml

from benchmarks.harness import ROOT, Figure, parser, report
from benchmarks.processes import environment

HELD_OUT = ROOT / "tests" / "conversations" / "held_out_stories.yml"
TED = {"name": "TEDPolicy", "max_history": 5, "epochs": 100}
COMPACT = "xiaoer.policies.CompactPolicy"
TAKEN_OVER = ("RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy")


def main() -> int:
    """Measure and report, or do one job of the measurement."""
    options = parser(__doc__)
    options.add_argument("--folds", type=int, default=3, help="parts of data/stories, 0 for none")
    options.add_argument("--job", help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.job:
        print(json.dumps(_work(json.loads(arguments.job))))
        return 0
    with tempfile.TemporaryDirectory(prefix="xiaoer-policies-") as folder:
        figures = measure(Path(folder), arguments.folds, arguments.seed)
    return report("policies", figures, arguments)


def measure(folder: Path, folds: int, seed: int) -> list[Figure]:
    """Return all figures, TEDPolicy's as the peer's."""
    whole = folder / "whole"
    for part in ("rules", "stories"):
        shutil.copytree(ROOT / "data" / part, whole / part)
    names = ("compact", "ted")
    results: dict[str, dict[str, Any]] = {
        name: _measured(name, whole, HELD_OUT, folder, seed) for name in (*names, "none")
    }
    ours, theirs, none = (results[name] for name in (*names, "none"))
    figures = [
        Figure(label, ours[key], unit, theirs[key], _no_worse(theirs[key]))
        for label, key, unit in (
            ("held-out stories: next action right", "actions", "share"),
            ("held-out stories: wholly right", "stories", "share"),
        )
    ]
    figures += [
        Figure("the same by rules and memory alone: next action", none["actions"], "share"),
        Figure("the same by rules and memory alone: stories", none["stories"], "share"),
    ]
    if folds:
        judged: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for fold, (train, test) in enumerate(_folds(folder, folds, seed)):
            for name in names:
                judged[name].append(_measured(name, train, test, folder, seed))
            print(f"Part {fold + 1} of {folds} is done.", file=sys.stderr)
        for label, key in (("next action right", "actions"), ("wholly right", "stories")):
            mine, peer = (_mean(judged[name], key) for name in names)
            figures.append(
                Figure(f"{folds}-fold stories: {label}", mine, "share", peer, _no_worse(peer))
            )
    for label, key, unit in (
        ("training of the policies", "train", "s"),
        ("loading of the model", "load", "s"),
        ("one prediction of all policies", "predict", "ms"),
        ("resident memory with the model", "memory", "MiB"),
    ):
        figures.append(Figure(label, ours[key], unit, theirs[key]))
    return figures


def _no_worse(peer: float) -> str:
    return f">= {peer:.4f}"


def _mean(results: list[dict[str, Any]], key: str) -> float:
    """Return the mean weighed by what was counted."""
    weights = [result[f"{key}_total"] for result in results]
    return sum(result[key] * weight for result, weight in zip(results, weights, strict=True)) / sum(
        weights
    )


def _folds(folder: Path, folds: int, seed: int) -> list[tuple[Path, Path]]:
    """Return (training folder, test file) pairs; stories are dealt out by chance."""
    stories = []
    for file in sorted((ROOT / "data" / "stories").glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        stories += content.get("stories", [])
    random.Random(seed).shuffle(stories)
    pairs = []
    for fold in range(folds):
        train = folder / f"fold{fold}"
        shutil.copytree(ROOT / "data" / "rules", train / "rules")
        test = folder / f"fold{fold}.yml"
        kept = [story for place, story in enumerate(stories) if place % folds != fold]
        for path, part in ((train / "stories.yml", kept), (test, stories[fold::folds])):
            text = yaml.safe_dump({"version": "3.1", "stories": part}, allow_unicode=True)
            path.write_text(text, encoding="utf-8")
        pairs.append((train, test))
    return pairs


def _measured(name: str, train: Path, test: Path, folder: Path, seed: int) -> dict[str, Any]:
    """Train and judge one policy, each in its own process."""
    config = folder / f"{name}.yml"
    config.write_text(yaml.safe_dump(_config(name, seed)))
    job = {"config": str(config), "data": str(train), "test": str(test), "folder": str(folder)}
    trained = _run({**job, "kind": "train", "name": f"{name}-{train.name}"})
    return {**trained, **_run({**job, "kind": "judge", "model": trained["model"]})}


def _config(name: str, seed: int) -> dict[str, Any]:
    ours = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["policies"]
    policies = [policy for policy in ours if policy["name"] in TAKEN_OVER]
    if name == "ted":
        policies.append({**TED, "random_seed": seed})
    if name == "compact":
        given = [policy for policy in ours if policy["name"] == COMPACT]
        policies.append({**(given or [{"name": COMPACT}])[0], "random_seed": seed})
    return {"recipe": "default.v1", "assistant_id": "policies", "policies": policies}


def _run(job: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.policies", "--job", json.dumps(job)],
        cwd=ROOT,
        env=environment(LOG_LEVEL="ERROR"),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{job['kind']} failed:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _work(job: dict[str, Any]) -> dict[str, Any]:
    _quiet()
    return _train(job) if job["kind"] == "train" else asyncio.run(_judge(job))


def _quiet() -> None:
    import logging

    import structlog

    level = logging.ERROR
    logging.basicConfig(level=level)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))


def _train(job: dict[str, Any]) -> dict[str, Any]:
    from rasa.model_training import train_core

    start = time.perf_counter()
    model = train_core(
        str(ROOT / "domain.yml"),
        job["config"],
        job["data"],
        os.path.join(job["folder"], "models"),
        fixed_model_name=job["name"],
    )
    return {"model": model, "train": time.perf_counter() - start}


async def _judge(job: dict[str, Any]) -> dict[str, Any]:
    from rasa.core.agent import Agent
    from rasa.core.test import test

    start = time.perf_counter()
    agent = Agent.load(job["model"])
    load = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        summary = await test(job["test"], agent, out_directory=folder, disable_plotting=True)
        seconds = time.perf_counter() - start
        document = json.loads((Path(folder) / "story_report.json").read_text(encoding="utf-8"))
    stories = document["conversation_accuracy"]
    return {
        "actions": summary["accuracy"],
        "actions_total": len(summary["actions"]),
        "stories": stories["accuracy"],
        "stories_total": stories["total"],
        "load": load,
        "predict": seconds / len(summary["actions"]) * 1000,
        "memory": psutil.Process().memory_info().rss / 2**20,
    }


if __name__ == "__main__":
    raise SystemExit(main())
