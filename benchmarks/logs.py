"""Transcripts to candidate intents: how well the groups fit, how fast rows are read, how much memory.

    python -m benchmarks.logs --data ../shared/data --out FILE

The groups are judged on the customer-service questions of Bitext (CDLA-Sharing 1.0), whose intents
`xiaoer import-logs` is not told, beside TF-IDF with k-means, which is told their number. For speed and
memory the questions become a transcript of a million rows with slips of the keyboard, greetings,
tags, numbers, phone numbers, and a broken row here and there, imported by the command itself.
"""

from __future__ import annotations

import csv
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, v_measure_score

from benchmarks.harness import ROOT, Figure, parser, report
from benchmarks.processes import environment
from xiaoer.learning.logs.candidates import Settings, labels_of
from xiaoer.learning.logs.importing import encode
from xiaoer.learning.logs.questions import Questions

_READ = re.compile(r"(\d+) rows read: (\d+) used, (\d+) skipped")


def bitext(data: Path) -> list[tuple[str, str]]:
    """Return (question, intent) of all rows."""
    rows: list[tuple[str, str]] = []
    for name in ("train.csv", "test.csv"):
        with (data / "bitext" / name).open(encoding="utf-8", newline="") as file:
            rows += [(row["utterance"], row["intent"]) for row in csv.DictReader(file)]
    return rows


def purity(real: Sequence[str], found: Sequence[int]) -> float:
    """Return the share of messages that have the commonest intent of their group."""
    labels, groups = np.asarray(real), np.asarray(found)
    most = [
        np.unique(labels[groups == group], return_counts=True)[1].max()
        for group in np.unique(groups)
    ]
    return float(sum(most) / len(labels))


def group_figures(rows: Sequence[tuple[str, str]], seed: int) -> list[Figure]:
    """Return how our groups, and the peer's, fit the labelled intents."""
    questions = Questions(100_000)
    keys = [questions.add(text) for text, _ in rows]
    held = questions.all()
    labels = labels_of(held, encode, Settings(seed=seed))
    # Questions are found again by their wording.
    by_key = dict(zip((Questions(1).add(each.text) for each in held), labels, strict=True))
    ours = [by_key[key] for key in keys]
    real = [intent for _, intent in rows]
    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(text for text, _ in rows)
    peer = KMeans(len(set(real)), n_init=5, random_state=seed).fit_predict(vectors)
    return [
        Figure(
            "candidate intents: V-measure",
            float(v_measure_score(real, ours)),
            "share",
            float(v_measure_score(real, peer)),
            ">= 0.72",
        ),
        Figure(
            "candidate intents: adjusted Rand index",
            float(adjusted_rand_score(real, ours)),
            "share",
            float(adjusted_rand_score(real, peer)),
            ">= 0.45",
        ),
        Figure(
            "candidate intents: purity", purity(real, ours), "share", purity(real, peer), ">= 0.65"
        ),
        Figure(
            "candidate intents: number (labelled: 27)",
            float(len(set(ours))),
            "groups",
            float(len(set(real))),
        ),
    ]


def transcript(questions: Sequence[str], rows: int, seed: int) -> Iterator[str]:
    """Yield the lines of a transcript in CSV, the header first."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield "conversation_id,created_at,role,message\n"
    written = 0
    while written < rows:
        conversation = written
        said = ["hello"] if chance.random() < 0.3 else []
        question = chance.choice(questions)
        if chance.random() < 0.5:
            at = chance.randrange(len(question))
            question = question[:at] + chance.choice(letters) + question[at + 1 :]
        if chance.random() < 0.1:
            question += f" my phone is 138{chance.randrange(10**8):08d}"
        if chance.random() < 0.05:
            question = f"<p>{question}</p><br>"
        said.append(question)
        for text in said:
            yield f'c{conversation},2026-11-01 10:{written % 60:02d}:00,customer,"{text}"\n'
        answer = (
            f"Please see page {len(question) % 40} of our help, order {chance.randrange(10**6)}."
        )
        yield f'c{conversation},2026-11-02 09:00:00,agent,"{answer}"\n'
        written += len(said) + 1
        if chance.random() < 2e-5:
            yield 'c0,2026-11-01 10:00:00,customer,"a quotation mark that nobody closes\n'
            written += 1


def import_figures(questions: Sequence[str], rows: int, seed: int) -> list[Figure]:
    """Return time and memory of `xiaoer import-logs` on that many rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "transcript.csv"
        lines = 0
        with path.open("w", encoding="utf-8") as file:
            for line in transcript(questions, rows, seed):
                lines += 1
                file.write(line)
        command = [sys.executable, "-m", "xiaoer.cli", "import-logs", str(path)]
        command += ["--out", str(folder / "out"), "--project", str(folder), "--seed", str(seed)]
        began, read_at, peak, used_processor = time.perf_counter(), 0.0, 0, 0.0
        process = psutil.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=(log := folder / "log").open("w"),
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
                used_processor = sum(process.cpu_times()[:2])
            except psutil.Error:
                break
            if not read_at and "reading representatives" in log.read_text():
                read_at = time.perf_counter()
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        said = log.read_text()
        match = _READ.search(said)
        if process.wait() or match is None:
            raise RuntimeError(f"import-logs failed:\n{said[-2000:]}")
        read, used, skipped = map(int, match.groups())
        pairs = sum(1 for _ in (folder / "out" / "qa_candidates.jsonl").open())
        json.loads((folder / "out" / "qa_candidates.jsonl").read_text().splitlines()[0])
    return [
        Figure("import of 1,000,000 rows", seconds * 1e6 / read, "s", target="<= 300"),
        Figure("import of 1,000,000 rows, processor", used_processor * 1e6 / read, "s"),
        Figure("rows read in a second", read / (read_at - began), "rows/s"),
        Figure("most memory", peak / 2**20, "MiB", target="<= 1500"),
        Figure(
            "rows not accounted for",
            float(abs(lines - 1 - read) + abs(read - used - skipped)),
            "rows",
            target="<= 0",
        ),
        Figure("question/answer pairs", float(pairs), "pairs"),
    ]


def main() -> int:
    """Run the benchmark."""
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder with bitext/")
    options.add_argument("--rows", type=int, default=1_000_000, help="rows of the transcript")
    chosen = options.parse_args()
    rows = bitext(chosen.data)
    figures = group_figures(rows, chosen.seed)
    figures += import_figures([text for text, _ in rows], chosen.rows, chosen.seed)
    return report("logs", figures, chosen)


if __name__ == "__main__":
    sys.exit(main())
