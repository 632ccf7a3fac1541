"""One job in a process of its own: `python -m benchmarks.nlu.worker JOB RESULT`, both JSON files.

Seconds that the import of Rasa takes are counted apart from those of its own calls.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

#: Of the passes over the examples, when a model goes on learning.
FINETUNING_FRACTION = 0.3
MIB = 2**20


def main() -> int:
    """Do the job and write its result."""
    job_path, result_path = map(Path, sys.argv[1:3])
    job = json.loads(job_path.read_text(encoding="utf-8"))
    started = time.perf_counter()
    _import_rasa()
    result: dict[str, Any] = {"import": time.perf_counter() - started}
    if "project" in job:
        result |= _train(Path(job["project"]), job.get("finetune"))
    if "texts" in job:
        result |= asyncio.run(_parse(job.get("model") or result["model"], job["texts"]))
    result["memory"] = peak_mib()
    result_path.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    return 0


def peak_mib() -> float:
    """Return the largest resident memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Unlike getrusage this does not count what the parent held when it forked.
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="utf-8"))
        if found:
            return int(found.group(1)) * 1024 / MIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MIB if sys.platform == "darwin" else peak * 1024 / MIB


def _import_rasa() -> None:
    import rasa.core.agent
    import rasa.model_training  # noqa: F401
    import structlog

    logging.basicConfig(level=logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _train(project: Path, before: str | None) -> dict[str, Any]:
    """Train as `rasa train nlu` does, with a model named as with its `--finetune`."""
    from rasa.model_training import train_nlu

    start = time.perf_counter()
    model = train_nlu(
        config=str(project / "config.yml"),
        nlu_data=str(project / "data"),
        output=str(project / "models"),
        fixed_model_name="nlu",
        model_to_finetune=before,
        finetuning_epoch_fraction=FINETUNING_FRACTION,
    )
    seconds = time.perf_counter() - start
    if model is None:
        raise RuntimeError(f"Rasa trained no model for {project}.")
    return {"model": model, "train": seconds}


async def _parse(model: str, texts: list[str]) -> dict[str, Any]:
    """Load the model and parse each text, one at a time."""
    from rasa.core.agent import Agent

    start = time.perf_counter()
    agent = Agent.load(model)
    load = time.perf_counter() - start
    start = time.perf_counter()
    await agent.parse_message(texts[0])
    first = time.perf_counter() - start
    milliseconds, answers = [], []
    for text in texts:
        start = time.perf_counter()
        parsed = await agent.parse_message(text)
        milliseconds.append((time.perf_counter() - start) * 1000)
        intent = parsed.get("intent") or {}
        answers.append(
            {
                "intent": intent.get("name"),
                "confidence": intent.get("confidence") or 0.0,
                "entities": [
                    (entity["start"], entity["end"], entity["entity"])
                    for entity in parsed.get("entities") or []
                ],
            }
        )
    return {"load": load, "first": first * 1000, "milliseconds": milliseconds, "answers": answers}


if __name__ == "__main__":
    raise SystemExit(main())
