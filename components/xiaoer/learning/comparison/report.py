"""The report of a comparison, in Markdown for people and in JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xiaoer.learning.comparison.evaluation import Answered, Evaluation
from xiaoer.learning.comparison.paired import Paired
from xiaoer.learning.errors import LearningError
from xiaoer.text.personal_data import mask

MARKDOWN, JSON = "report.md", "report.json"
_SHOWN = 15


def write_report(found: Evaluation, folder: Path) -> None:
    """Write both files.

    Raises:
        LearningError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKDOWN).write_text(as_markdown(found), encoding="utf-8")
        (folder / JSON).write_text(
            json.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise LearningError(f"{folder} cannot be written ({error.strerror or error}).") from error


def as_json(found: Evaluation) -> dict[str, Any]:
    """Return what was found, for programs."""
    question, decision = found.question, found.decision
    assert decision is not None
    return {
        "champion": question.champion.name,
        "challenger": question.challenger.name,
        "rules": asdict(question.rules),
        "verdict": decision.verdict.value,
        "reasons": list(decision.reasons),
        "reviewed": len(question.reviewed),
        "compared": len(found.messages),
        "left_out": found.left_out,
        "intents": _figures(found.intents),
        "entities": _figures(found.entities),
        "macro_f1": asdict(found.f1) if found.f1 else None,
        "folds": {"share": found.fold_level, "of": found.fold_of},
        "fold_pipelines": _figures(found.fold_pairs),
        "conversations": [
            {"name": name, "champion": before, "challenger": now, "wrong": wrong}
            for name, before, now, wrong in found.stories
        ],
        "by_intent": [
            {"intent": intent, "of": of, "champion": first, "challenger": second}
            for intent, of, first, second in by_intent(found.messages)
        ],
        "better": [_example(row) for row in _changed(found.messages, better=True)],
        "worse": [_example(row) for row in _changed(found.messages, better=False)],
        "notes": found.notes,
    }


def by_intent(rows: Sequence[Answered]) -> list[tuple[str, int, int, int]]:
    """Return (intent, messages, right by the champion, by the challenger), the changed ones first."""
    of = Counter(row.wanted for row in rows)
    first = Counter(row.wanted for row in rows if row.champion == row.wanted)
    second = Counter(row.wanted for row in rows if row.challenger == row.wanted)
    found = [(intent, of[intent], first[intent], second[intent]) for intent in of]
    return sorted(found, key=lambda row: (-abs(row[3] - row[2]), row[0]))


def as_markdown(found: Evaluation) -> str:
    """Return the report for people."""
    question, decision = found.question, found.decision
    assert decision is not None
    lines = [
        f"# {question.challenger.name} against {question.champion.name}",
        "",
        f"**{decision.verdict.value}** by the rules: not more than {question.rules.tolerance:g} points "
        f"behind, {question.rules.newly_failing} test conversations newly failing.",
        "",
        *(f"- {reason}" for reason in decision.reasons),
        "",
        "| | messages | champion | challenger | difference | 95 % interval | won, lost | McNemar's p |",
        "|---|---|---|---|---|---|---|---|",
        *_line("intents of reviewed messages", found.intents),
        *_line("entities of reviewed messages", found.entities),
        *_line("folds: the two pipelines on today's examples", found.fold_pairs),
    ]
    if found.f1:
        f1 = found.f1
        lines.append(
            f"| macro F1 over intents | {len(found.messages)} | {f1.champion:.1f} | {f1.challenger:.1f} "
            f"| {f1.challenger - f1.champion:+.1f} | {f1.low:+.1f} to {f1.high:+.1f} | | |"
        )
    lines.append("")
    if found.fold_level is not None:
        lines += [
            f"Of {found.fold_of} training examples the challenger's pipeline understands "
            f"{100 * found.fold_level:.1f} % when it was trained without them.",
            "",
        ]
    left = "".join(f"; {number} left out: {why}" for why, number in found.left_out.items())
    lines += [
        f"{len(question.reviewed)} reviewed messages, {len(found.messages)} compared{left}.",
        "",
    ]
    lines += [*(f"- {note}" for note in found.notes), ""]
    lines += _stories(found)
    lines += _intents(found.messages)
    for title, better in (("Better", True), ("Worse", False)):
        rows = _changed(found.messages, better)
        if rows:
            lines += [
                f"## {title}",
                "",
                "| message | means | champion | challenger |",
                "|---|---|---|---|",
            ]
            lines += [
                f"| {_cell(row.text)} | {row.wanted} | {row.champion} | {row.challenger} |"
                for row in rows[:_SHOWN]
            ]
            lines.append("")
    return "\n".join(lines)


def _stories(found: Evaluation) -> list[str]:
    if not found.stories:
        return []
    passed = sum(now for _, _, now, _ in found.stories), sum(old for _, old, _, _ in found.stories)
    lines = [
        "## Test conversations",
        "",
        f"{passed[0]} of {len(found.stories)} pass with the challenger, {passed[1]} with the champion.",
        "",
    ]
    for title, names in (
        ("Newly failing", found.newly_failing),
        ("Newly passing", found.newly_passing),
    ):
        if names:
            why = {name: wrong for name, _, _, wrong in found.stories}
            lines += [f"{title}:", ""]
            lines += [
                f"- {name}{': ' if why[name] else ''}{'; '.join(why[name])}" for name in names
            ]
            lines.append("")
    return lines


def _intents(rows: Sequence[Answered]) -> list[str]:
    changed = [row for row in by_intent(rows) if row[2] != row[3]]
    if not changed:
        return []
    lines = ["## Intents that changed", "", "| intent | messages | champion | challenger |"]
    lines.append("|---|---|---|---|")
    lines += [f"| {intent} | {of} | {first} | {second} |" for intent, of, first, second in changed]
    return [*lines, ""]


def _changed(rows: Sequence[Answered], better: bool) -> list[Answered]:
    return [
        row
        for row in rows
        if (row.champion == row.wanted) != (row.challenger == row.wanted)
        and (row.challenger == row.wanted) == better
    ]


def _line(name: str, paired: Paired | None) -> list[str]:
    if paired is None:
        return []
    first, second = 100 * paired.champion / paired.of, 100 * paired.challenger / paired.of
    return [
        f"| {name} | {paired.of} | {first:.1f} % | {second:.1f} % | {paired.difference:+.1f} | "
        f"{paired.low:+.1f} to {paired.high:+.1f} | {paired.won}, {paired.lost} | {paired.p:.3g} |"
    ]


def _figures(paired: Paired | None) -> dict[str, Any] | None:
    return asdict(paired) if paired else None


def _example(row: Answered) -> dict[str, str]:
    return {
        "text": mask(row.text),
        "means": row.wanted,
        "champion": row.champion,
        "challenger": row.challenger,
    }


def _cell(text: str) -> str:
    return " ".join(mask(text).replace("|", "\\|").split())[:120]
