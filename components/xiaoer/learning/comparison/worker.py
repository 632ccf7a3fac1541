"""Runs Rasa for a comparison, in a process of its own: `python -m … worker TASK.json RESULT.json`.

A model's memory goes with the process, and what it prints does not mix with the command's words.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.test import _collect_story_predictions, _create_data_generator
from rasa.model_training import train_nlu
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.learning.comparison.seen import hash_of


async def parse(model: str, texts: list[str]) -> list[dict[str, Any]]:
    """Return what a model understands: intent, confidence, entities of each text."""
    agent = Agent.load(model)
    return [_understood(await agent.parse_message(text)) for text in texts]


async def run_stories(model: str, path: str) -> list[dict[str, Any]]:
    """Return name, whether it passed, and what went wrong, of each test conversation.

    Each step is predicted as in `rasa test core`: with the messages understood by the model.
    """
    agent = Agent.load(model)
    # By themselves these functions of Rasa's test say which conversation failed; what is public
    # writes files in which two of one name cannot be told apart.
    trackers = _create_data_generator(
        path, agent, use_conversation_test_files=True
    ).generate_story_trackers()
    evaluation, _, _ = await _collect_story_predictions(trackers, agent, use_e2e=True)
    found = [
        *((tracker, False) for tracker in evaluation.failed_stories),
        *((tracker, True) for tracker in evaluation.successful_stories),
    ]
    return [
        {"name": tracker.sender_id, "passed": passed, "wrong": [] if passed else _wrong(tracker)}
        for tracker, passed in found
    ]


async def fold_predictions(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what models understand of each training example that were trained without it.

    Examples whose texts differ only in case, punctuation or numbers are in one fold.
    """
    data = TrainingDataImporter.load_from_config(
        task["config"], task["domain"], task["data"]
    ).get_nlu_data()
    examples = [each for each in data.intent_examples if each.get("text")]
    fold_of = _folds([each.get("text") for each in examples], task["folds"], task["seed"])
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(task["folds"]):
            kept = [each for each, own in zip(examples, fold_of, strict=True) if own != fold]
            held = [each for each, own in zip(examples, fold_of, strict=True) if own == fold]
            if not held or not kept:
                continue
            path = Path(folder) / f"nlu-{fold}.yml"
            path.write_text(_with(data, kept).nlu_as_yaml(), encoding="utf-8")
            model = train_nlu(
                task["config"], str(path), folder, f"fold-{fold}", domain=task["domain"]
            )
            if model is None:
                raise RuntimeError(f"fold {fold} could not be trained")
            parses = await parse(model, [each.get("text") for each in held])
            for each, understood in zip(held, parses, strict=True):
                found.append({"text": each.get("text"), **_wanted(each), "found": understood})
            print(f"fold {fold + 1}", flush=True)
    return found


def _understood(parsed: dict[str, Any]) -> dict[str, Any]:
    ranking = parsed.get("intent_ranking") or []
    intent = parsed.get("intent") or {}
    # The best intent also where the fallback was preferred to it: both say something.
    best = ranking[0]["name"] if ranking else intent.get("name")
    return {
        "intent": str(intent.get("name") or "").split("/")[0],
        "best": str(best or "").split("/")[0],
        "confidence": float(intent.get("confidence") or 0.0),
        "entities": sorted(
            {(e["start"], e["end"], e["entity"]) for e in parsed.get("entities") or ()}
        ),
    }


def _wanted(example: Message) -> dict[str, Any]:
    entities = example.get("entities") or ()
    return {
        "intent": str(example.get("intent")),
        "entities": sorted({(e["start"], e["end"], e["entity"]) for e in entities}),
    }


def _with(data: TrainingData, examples: list[Message]) -> TrainingData:
    """Return the data with these examples alone, and those that have no intent."""
    others = [each for each in data.training_examples if not each.get("intent")]
    return TrainingData(
        [*examples, *others],
        data.entity_synonyms,
        data.regex_features,
        data.lookup_tables,
        data.responses,
    )


def _folds(texts: list[str], folds: int, seed: int) -> list[int]:
    """Return the fold of each text, by its hash: the same for every pipeline and at every run."""
    return [int(hash_of(f"{seed} {hash_of(text)}"), 16) % folds for text in texts]


def _wrong(tracker: DialogueStateTracker) -> list[str]:
    found = []
    for event in tracker.events:
        kind = getattr(event, "type_name", "")
        if kind == "wrong_action":
            name = event.action_name or event.action_text
            found.append(f"{name} was wanted, {event.action_name_prediction} came")
        elif kind == "wrong_utterance":
            wanted, came = event.intent.get("name"), event.predicted_intent
            what = f"{wanted} was wanted, {came} came" if wanted != came else "other entities"
            found.append(f"“{event.text}”: {what}")
    return found[:3]


async def _run(task: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if "folds" in task:
        result["folds"] = await fold_predictions(task)
        return result
    result["parses"] = await parse(task["model"], task["texts"]) if task["texts"] else []
    result["stories"] = (
        await run_stories(task["model"], task["stories"]) if task.get("stories") else []
    )
    return result


if __name__ == "__main__":
    asked, answer = map(Path, sys.argv[1:3])
    answer.write_text(json.dumps(asyncio.run(_run(json.loads(asked.read_text())))))
