"""A tiny shop in Rasa, in three editions, each trained in seconds and kept for the next run.

`first` serves; `better` has more examples and says "second" where `first` says "first"; `worse`
has the examples of two intents interchanged. A form asks for size and colour.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml
from filelock import FileLock

from tests.channels.rasa_project import ROOT, environment

EDITIONS = ("first", "better", "worse")

_CONFIG = """
recipe: default.v1
assistant_id: learning-tests
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 2
    max_ngram: 4
  - name: LogisticRegressionClassifier
policies:
  - name: RulePolicy
"""

_EXAMPLES = {
    "greet": ["hello", "hi", "good morning", "hey there"],
    "bye": ["bye", "goodbye", "see you", "that was all"],
    "buy_shirt": ["I want a shirt", "a shirt please", "buy a shirt", "I would like a shirt"],
    "track": ["where is my parcel", "track my order", "has my parcel left", "when does it come"],
    "cancel": ["cancel my order", "I do not want it any more", "stop the order", "call it off"],
    "refund": ["I want my money back", "refund please", "give me a refund", "pay me back"],
}
_MORE = {
    "track": ["any news of the delivery", "is the courier on the way", "delivery status"],
    "cancel": ["please undo the purchase", "withdraw the purchase", "scrap that purchase"],
    "refund": ["reimburse me", "I want a reimbursement", "reimbursement of the costs"],
}

_TESTS = """
stories:
- story: a parcel
  steps:
  - user: |
      where is my parcel
    intent: track
  - action: utter_track
- story: money back
  steps:
  - user: |
      I want my money back
    intent: refund
  - action: utter_refund
- story: an undone purchase
  steps:
  - user: |
      please withdraw the purchase
    intent: cancel
  - action: utter_cancel
"""


def examples(edition: str) -> dict[str, list[str]]:
    """Return the training examples of an edition by intent."""
    made = {intent: list(lines) for intent, lines in _EXAMPLES.items()}
    if edition == "better":
        for intent, lines in _MORE.items():
            made[intent] += lines
    if edition == "worse":
        made["refund"], made["track"] = made["track"], made["refund"]
    return made


def project_files(edition: str) -> dict[str, str]:
    """Return the files of an edition by name."""
    known = [intent for intent in _EXAMPLES if intent not in ("buy_shirt",)]
    said = "second" if edition == "better" else "first"
    ask = [
        {
            "type": "from_text",
            "conditions": [{"active_loop": "shirt_form", "requested_slot": slot}],
        }
        for slot in ("size", "colour")
    ]
    domain = {
        "version": "3.1",
        "intents": list(_EXAMPLES),
        "slots": {
            slot: {"type": "text", "influence_conversation": False, "mappings": [mapping]}
            for slot, mapping in zip(("size", "colour"), ask, strict=True)
        },
        "forms": {"shirt_form": {"required_slots": ["size", "colour"]}},
        "responses": {
            **{f"utter_{intent}": [{"text": f"{said}: {intent}"}] for intent in known},
            "utter_ask_size": [{"text": f"{said}: size?"}],
            "utter_ask_colour": [{"text": f"{said}: colour?"}],
            "utter_bought": [{"text": f"{said}: a shirt, {{size}}, {{colour}}"}],
        },
        "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
    }
    rules = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in known
    ]
    rules += [
        {
            "rule": "open the form",
            "steps": [
                {"intent": "buy_shirt"},
                {"action": "shirt_form"},
                {"active_loop": "shirt_form"},
            ],
        },
        {
            "rule": "the form is full",
            "condition": [{"active_loop": "shirt_form"}],
            "steps": [{"action": "shirt_form"}, {"active_loop": None}, {"action": "utter_bought"}],
        },
    ]
    nlu = [
        {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)}
        for intent, lines in examples(edition).items()
    ]
    return {
        "config.yml": _CONFIG,
        "domain.yml": yaml.safe_dump(domain),
        "data/nlu.yml": yaml.safe_dump({"version": "3.1", "nlu": nlu}),
        "data/rules.yml": yaml.safe_dump({"version": "3.1", "rules": rules}),
        "tests/conversations/test_orders.yml": f'version: "3.1"\n{_TESTS}',
        "credentials.yml": "rest:\nxiaoer.learning.ModelSwitch:\n  seconds: 0.5\n",
        "endpoints.yml": "",
    }


def write_project(folder: Path, edition: str) -> Path:
    """Write an edition's files into `folder`, without a model."""
    for name, content in project_files(edition).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


_TRAIN = """
import json, os, sys
from pathlib import Path
from rasa.api import train
for folder, name in json.loads(sys.argv[1]):
    os.chdir(folder)
    result = train("domain.yml", "config.yml", ["data"], output="models", fixed_model_name=name)
    assert result.code == 0 and result.model, result
"""


def trained_editions() -> Mapping[str, Path]:
    """Return the archive of each edition; trained once for each content of their files."""
    files = [sorted(project_files(edition).items()) for edition in EDITIONS]
    digest = hashlib.sha256(repr(files).encode()).hexdigest()[:16]
    folder = ROOT / ".xiaoer" / "learning-tests" / digest
    folder.mkdir(parents=True, exist_ok=True)
    models = {each: folder / each / "models" / f"{each}.tar.gz" for each in EDITIONS}
    with FileLock(folder / "train.lock"):
        missing = [each for each, model in models.items() if not model.is_file()]
        if missing:
            asked = [[str(write_project(folder / each, each)), each] for each in missing]
            done = subprocess.run(
                [sys.executable, "-c", _TRAIN, json.dumps(asked)],
                cwd=folder,
                env=environment(),
                capture_output=True,
                text=True,
                timeout=400,
            )
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return models
