"""What the training code was; apart from it, so that asking does not import torch."""

from __future__ import annotations

import hashlib
from pathlib import Path


def code_hash() -> str:
    """Return a hash of the code that decides what is learned, for Rasa's training cache."""
    seen = hashlib.sha256()
    nlu = Path(__file__).parents[1]
    names = [
        "crf.py",
        "heads.py",
        "joint_classifier.py",
        "lexical.py",
        "familiarity.py",
        "rarity.py",
        "tagging.py",
        "words.py",
        "../lm/trainable.py",
    ]
    for path in [*(nlu / name for name in names), *sorted(Path(__file__).parent.glob("*.py"))]:
        seen.update(path.read_bytes())
    return seen.hexdigest()
