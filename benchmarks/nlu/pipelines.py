"""The pipelines that are compared: ours and those of Rasa's own components."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from benchmarks.nlu.datasets import Dataset
from benchmarks.nlu.project import Pipeline

DIET, CRF = "DIETClassifier", "CRFEntityExtractor"
#: Neither finds intents or entities by itself, and the others' answers do not depend on them.
_LEFT_OUT = ("ResponseSelector", "FallbackClassifier")


class PipelineError(Exception):
    """A pipeline cannot be built: a key is unknown or a package is missing."""


def ours(seed: int, changed: dict[str, Any] | None = None) -> Pipeline:
    """Return the pipeline under test with its defaults, the same for every data set.

    Args:
        seed: The component's `random_seed`.
        changed: Keys of BertIntentEntityClassifier that shall differ from their defaults.

    Raises:
        PipelineError: If it has no such key.
    """
    from xiaoer.nlu import BertIntentEntityClassifier

    known = BertIntentEntityClassifier.get_default_config()
    for key in changed or {}:
        if key not in known:
            raise PipelineError(
                f"BertIntentEntityClassifier has no key '{key}'; it has {', '.join(sorted(known))}."
            )
    config = {"random_seed": seed, **(changed or {})}
    return [
        {"name": "xiaoer.nlu.BertTokenizer"},
        {"name": "xiaoer.nlu.BertIntentEntityClassifier", **config},
    ]


def diet(language: str, dataset: Dataset, seed: int) -> Pipeline:
    """Return the pipeline that Rasa trains when config.yml names none.

    DIET is to learn no intents where there are none.

    Raises:
        PipelineError: If JiebaTokenizer is needed and the package `jieba` is missing.
    """
    extra = {} if dataset.has_intents else {"intent_classification": False}
    return _default(language, lambda component: {**component, "random_seed": seed, **extra})


def crf(language: str) -> Pipeline:
    """Return the same pipeline with CRFEntityExtractor and its defaults in DIET's place.

    The featurizers stay: Rasa trains this extractor on no message that has no features.

    Raises:
        PipelineError: As `diet`.
    """
    return _default(language, lambda component: {"name": CRF})


def _default(language: str, learner: Callable[[dict[str, Any]], dict[str, Any]]) -> Pipeline:
    """Read the default pipeline from Rasa itself and put another component in DIET's place.

    Chinese is split by JiebaTokenizer, as Rasa's documentation recommends.
    """
    found = importlib.util.find_spec("rasa")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "engine" / "recipes" / "config_files" / "default_config.yml"
    default = yaml.safe_load(path.read_text(encoding="utf-8"))["pipeline"]
    pipeline: Pipeline = []
    for component in default:
        if component["name"] == "WhitespaceTokenizer":
            pipeline.append(_tokenizer(language))
        elif component["name"] == DIET:
            pipeline.append(learner(component))
        elif component["name"] not in _LEFT_OUT:
            pipeline.append(component)
    return pipeline


def _tokenizer(language: str) -> dict[str, Any]:
    if language != "zh":
        return {"name": "WhitespaceTokenizer"}
    if importlib.util.find_spec("jieba") is None:
        raise PipelineError(
            "Rasa's components split Chinese with JiebaTokenizer: install it with "
            "`pip install jieba`, or leave out --peer."
        )
    return {"name": "JiebaTokenizer"}
