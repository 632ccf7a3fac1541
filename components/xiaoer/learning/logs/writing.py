"""The files of an import: examples for Rasa, articles for the knowledge base, a report."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from xiaoer.learning.errors import LearningError
from xiaoer.learning.logs.candidates import Candidate
from xiaoer.learning.logs.cleaning import LONGEST_QUESTION
from xiaoer.learning.logs.questions import Question
from xiaoer.learning.logs.transcripts import Counts
from xiaoer.nlu.language_rules import identify

NLU, PAIRS, REPORT = "nlu_candidates.yml", "qa_candidates.jsonl", "report.md"
_MOST_EXAMPLES, _MOST_VARIANTS, _SHOWN = 50, 10, 3
#: What a category of the knowledge base may be called.
_CATEGORY = re.compile("[a-z][a-z0-9_]{0,39}")


def write_candidates(
    folder: Path, candidates: Sequence[Candidate], counts: Counts, small: int, source: str
) -> None:
    """Write the three files; each appears whole.

    Raises:
        LearningError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / NLU, nlu_yaml(candidates))
        _write(folder / PAIRS, "".join(pair_lines(candidates, source)))
        _write(folder / REPORT, report(candidates, counts, small, source))
    except OSError as error:
        raise LearningError(f"{folder} cannot be written ({error.strerror or error}).") from error


def nlu_yaml(candidates: Sequence[Candidate]) -> str:
    """Return the candidates as Rasa's training data; texts with masked data come last."""
    lines = [
        'version: "3.1"',
        "# Candidates from transcripts: read, rename, correct, and move what is good into data/nlu.",
        "nlu:" if candidates else "nlu: []",
    ]
    for candidate in candidates:
        known = "an intent of the project" if candidate.exists else "new"
        lines += [f"# {candidate.count} messages; {known}"]
        # JSON strings are YAML strings.
        lines += [f"- intent: {json.dumps(candidate.intent, ensure_ascii=False)}", "  examples: |"]
        chosen = sorted(candidate.questions, key=lambda question: "[" in question.text)
        lines += [f"    - {_plain(each.text)}" for each in chosen[:_MOST_EXAMPLES]]
    return "\n".join(lines) + "\n"


def pair_lines(candidates: Sequence[Candidate], source: str) -> list[str]:
    """Return a line of JSON for each candidate with an answer, as `xiaoer knowledge import` reads."""
    lines = []
    for candidate in candidates:
        pair = candidate.pair
        if pair is None:
            continue
        question, *others = _without_masks(pair.questions) or list(pair.questions)
        asked = [question.text, *(each.text for each in others[:_MOST_VARIANTS])]
        fields: dict[str, object] = {
            "question": asked[0][:LONGEST_QUESTION],
            "variants": asked[1:],
            "answer": pair.answer,
            "source": f"{source}: {pair.support} of {pair.of} answers"[-120:],
        }
        if language := identify(asked[0]).dominant:
            fields["language"] = language
        if _CATEGORY.fullmatch(candidate.intent):
            fields["category"] = candidate.intent
        lines.append(json.dumps(fields, ensure_ascii=False) + "\n")
    return lines


def report(candidates: Sequence[Candidate], counts: Counts, small: int, source: str) -> str:
    """Return the report in Markdown."""
    skipped = sum(counts.skipped.values())
    pairs = sum(candidate.pair is not None for candidate in candidates)
    lines = [
        f"# What was found in {source}",
        "",
        f"{counts.read} rows read: {counts.used} used, {skipped} skipped. Personal data was masked "
        f"in {counts.masked} of those used.",
        "",
        "| skipped because | rows |",
        "|---|---|",
        *(f"| {reason} | {number} |" for reason, number in counts.skipped.most_common()),
        "",
    ]
    if counts.lines:
        lines += ["The first broken rows:", "", *(f"- {each}" for each in counts.lines), ""]
    lines += [
        f"{len(candidates)} candidate intents ({NLU}), {pairs} of them with an answer ({PAIRS}); "
        f"{small} messages are in groups that are too small. Nothing has gone into data/: read the "
        "candidates, correct them, and move over what is good.",
        "",
        "| intent | | messages | different | examples | answers that agree |",
        "|---|---|---|---|---|---|",
    ]
    for each in candidates:
        shown = "; ".join(_cell(question.text) for question in each.questions[:_SHOWN])
        agree = f"{each.pair.support} of {each.pair.of}" if each.pair else ""
        known = "known" if each.exists else "new"
        lines.append(
            f"| {_cell(each.intent)} | {known} | {each.count} | {len(each.questions)} | {shown} | "
            f"{agree} |"
        )
    return "\n".join(lines) + "\n"


def _without_masks(questions: Sequence[Question]) -> list[Question]:
    return [question for question in questions if "[" not in question.text]


def _plain(text: str) -> str:
    """Return a text that Rasa takes for words only, not for marked entities."""
    return re.sub(r"\](?=[(\[{])", "] ", text).strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")[:80]


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
