"""`xiaoer import-logs`: from files of transcripts to candidates."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from xiaoer.learning.errors import LearningError
from xiaoer.learning.logs.candidates import Candidate, Settings, find_candidates
from xiaoer.learning.logs.columns import find_columns
from xiaoer.learning.logs.existing import existing_examples
from xiaoer.learning.logs.questions import Questions
from xiaoer.learning.logs.records import Source
from xiaoer.learning.logs.transcripts import Counts, Transcripts
from xiaoer.learning.logs.vectors import Floats
from xiaoer.learning.logs.writing import write_candidates

_BATCH = 256


@dataclass(frozen=True)
class Import:
    """What to import and how.

    Attributes:
        files: The transcripts.
        out: The folder for candidates and report.
        columns: Names of columns (text, role, conversation, time); empty ones are looked for.
        language: `zh`, `en`, or empty for both.
        most_questions: How many different questions are kept at most.
        allowed: Numbers and addresses that are the shop's own and are not masked.
        project: The Rasa project whose intents are known, or None.
        settings: How questions are grouped.
    """

    files: Sequence[Path]
    out: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    most_questions: int = 100_000
    allowed: Sequence[str] = ()
    project: Path | None = None
    settings: Settings = field(default_factory=Settings)


def import_logs(asked: Import, say: Callable[[str], object]) -> tuple[list[Candidate], Counts]:
    """Read the files, write the candidates, and return both.

    Args:
        asked: What to import.
        say: Told each step, in a sentence.

    Raises:
        LearningError: A file cannot be used, or the folder not be written.
    """
    if asked.language not in ("", "zh", "en"):
        raise LearningError(f"A language is zh or en, not {asked.language!r}.")
    if not asked.files:
        raise LearningError("Name at least one file of transcripts.")
    # All are looked at before hours go into the first.
    sources = [Source.look_at(path) for path in asked.files]
    columns = [find_columns(each.path, each.names, asked.columns) for each in sources]
    transcripts = Transcripts(Questions(asked.most_questions), asked.language, asked.allowed)
    for source, chosen in zip(sources, columns, strict=True):
        named = {name: value for name, value in vars(chosen).items() if value}
        said = ", ".join(f"{name} in {value!r}" for name, value in named.items())
        say(f"{source.path.name}: {source.encoding}, {said}.")
        size = source.path.stat().st_size
        with tqdm(total=size, unit="B", unit_scale=True, desc=source.path.name) as bar:
            for record in source.records(bar.update):
                transcripts.take(record, chosen, source.path.name)
    counts = transcripts.finish()
    existing = existing_examples(asked.project) if asked.project else {}
    candidates, small = find_candidates(
        transcripts.questions.all(), existing, encode, asked.settings, lambda step: say(f"{step} …")
    )
    name = asked.files[0].name if len(asked.files) == 1 else f"{len(asked.files)} files"
    write_candidates(asked.out, candidates, counts, small, name)
    return candidates, counts


def encode(texts: Sequence[str]) -> Floats:
    """Return the bundled language model's vectors (n, dim), of length 1, with a progress bar."""
    from xiaoer.lm.encoder import Encoder

    encoder = Encoder.load(threads=min(4, os.cpu_count() or 1))
    parts = []
    with tqdm(total=len(texts), unit="text", desc="language model") as bar:
        for at in range(0, len(texts), _BATCH):
            parts.append(encoder.encode(texts[at : at + _BATCH], max_tokens=64))
            bar.update(len(parts[-1]))
    return np.vstack(parts) if parts else np.zeros((0, encoder.dim), np.float32)
