"""Rasa projects, written for one measurement: a config.yml and the training data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.nlu.datasets import Example

Pipeline = list[dict[str, Any]]

#: The intent of training messages that have none: Rasa takes a text without one for a line of a
#: story, and no extractor would learn from it.
ANY_INTENT = "message"


def write(folder: Path, language: str, pipeline: Pipeline, examples: Sequence[Example]) -> Path:
    """Write a project that `rasa train nlu` can train, and return its folder.

    The examples are written in Rasa's JSON format, since it names entities by their offsets: the
    brackets of the YAML format would meet those of product titles.
    """
    (folder / "data").mkdir(parents=True)
    config = {
        "recipe": "default.v1",
        "assistant_id": "benchmark",
        "language": language,
        "pipeline": pipeline,
    }
    (folder / "config.yml").write_text(
        yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    document = {"rasa_nlu_data": {"common_examples": [_written(example) for example in examples]}}
    (folder / "data" / "nlu.json").write_text(
        json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return folder


def _written(example: Example) -> dict[str, Any]:
    written: dict[str, Any] = {"text": example.text, "intent": example.intent or ANY_INTENT}
    if example.entities:
        written["entities"] = [
            {
                "start": span.start,
                "end": span.end,
                "value": example.text[span.start : span.end],
                "entity": span.kind,
            }
            for span in example.entities
        ]
    return written
