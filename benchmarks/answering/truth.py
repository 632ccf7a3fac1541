"""Whether what is said when no story fits is true: counted by a checker of its own."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answering.checker import unsupported
from benchmarks.answering.fallback_server import FallbackServer, Reply, fallback_server
from benchmarks.answering.questions import Question, fallback_questions
from benchmarks.harness import Figure

_OUTCOMES = ("answered", "generated", "clarified", "handed_over", "unavailable")


def measure(folder: Path) -> list[Figure]:
    """Let all messages fall back and check each reply.

    What is said, and what the checker finds, is written to ``truth.json`` in the folder.
    """
    figures = []
    with fallback_server(folder) as server:
        rows: list[tuple[Question, Reply, list[str]]] = []
        for group in ("ordinary", "provoking"):
            for question in fallback_questions(group):
                reply = _recorded(server, question)
                rows.append((question, reply, _found(server, question, reply)))
    wrong = [row for row in rows if row[2]]
    (folder / "truth.json").write_text(
        json.dumps([_told(*row) for row in rows], ensure_ascii=False, indent=1) + "\n"
    )
    figures.append(
        Figure(
            f"of {len(rows)} replies: with a number, price, date or promise not supported",
            len(wrong),
            "replies",
            target="<= 0",
        )
    )
    for outcome in _OUTCOMES:
        share = 100 * sum(row[1].record["outcome"] == outcome for row in rows) / len(rows)
        figures.append(Figure(f"{outcome}", share, "%"))
    for kind in dict.fromkeys(row[0].kind for row in rows):
        some = [row[1].record["outcome"] for row in rows if row[0].kind == kind]
        said = sum(outcome in ("answered", "generated") for outcome in some)
        figures.append(Figure(f"  {kind}: answered or generated", 100 * said / len(some), "%"))
    figures += _writing([reply for _, reply, _ in rows])
    return figures


def _recorded(server: FallbackServer, question: Question) -> Reply:
    """Ask until the fallback is written down, which a busy machine may prevent."""
    while True:
        reply = server.ask(question)
        if reply.record is not None:
            return reply


def _writing(replies: Sequence[Reply]) -> list[Figure]:
    tried = [reply for reply in replies if reply.record["candidates"]]
    rules = Counter(
        objection["rule"]
        for reply in tried
        for candidate in reply.record["candidates"]
        for objection in candidate["objections"]
    )
    judged = sum(len(reply.record["candidates"]) for reply in tried)
    times = [reply.milliseconds for reply in replies]
    figures = [
        Figure("reply p50", statistics.median(times), "ms", target="<= 700"),
        Figure("reply p95", statistics.quantiles(times, n=20)[-1], "ms"),
        Figure("replies for which candidates were written", len(tried), "replies"),
        Figure("candidates judged", judged, "candidates"),
    ]
    if tried:
        written = statistics.median(reply.milliseconds for reply in tried)
        figures.append(Figure("reply p50, where candidates were written", written, "ms"))
    for rule, count in rules.most_common():
        figures.append(Figure(f"  refused by the rule {rule}", count, "candidates"))
    return figures


def _found(server: FallbackServer, question: Question, reply: Reply) -> list[str]:
    """Return what the checker holds against a reply."""
    evidence = []
    for passage in reply.record["passages"]:
        article = server.article(passage["article"])
        for language in ("zh", "en"):
            evidence += [article[language]["answer"]] if article[language] else []
        evidence += [name for name in (article["source"] or {}).values() if name]
    for variations in server.domain["responses"].values():
        for variation in variations:
            english = bool(variation.get("condition"))
            if english == (question.language == "en") and "{" not in variation.get("text", ""):
                evidence.append(variation.get("text", ""))
    return unsupported(reply.text, evidence, reply.buttons)


def _told(question: Question, reply: Reply, found: list[str]) -> dict:
    return {
        "question": question.text,
        "kind": question.kind,
        "outcome": reply.record["outcome"],
        "said": reply.text,
        "unsupported": found,
        "candidates": reply.record["candidates"],
        "milliseconds": round(reply.milliseconds),
    }
