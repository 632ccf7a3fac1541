"""The comparison of a challenger with the champion: measured, decided, and put into one object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xiaoer.archives import metadata
from xiaoer.learning.comparison.decision import Decision, Rules, decide
from xiaoer.learning.comparison.evidence import Rasa, conversation_tests
from xiaoer.learning.comparison.paired import F1, Paired, compare, macro_f1
from xiaoer.learning.comparison.pipeline import pipeline_of
from xiaoer.learning.comparison.reviewed import Reviewed
from xiaoer.learning.comparison.seen import hash_of

INTENTS, ENTITIES = "Reviewed messages, intents", "Reviewed messages, entities"
FOLDS = "NLU folds, intents"


@dataclass(frozen=True)
class Question:
    """What is to be compared.

    Attributes:
        champion: The archive that serves.
        challenger: The other one.
        champion_seen: Hashes of the champion's examples, None when nobody noted them.
        challenger_seen: The same of the challenger.
        current: Hashes of the examples that the project's files have now.
        reviewed: The reviewed messages.
        folds: How many; 0 for none.
        seed: Of folds and resampling.
        rules: What is decided by.
    """

    champion: Path
    challenger: Path
    champion_seen: frozenset[str] | None
    challenger_seen: frozenset[str] | None
    current: frozenset[str]
    reviewed: Sequence[Reviewed]
    folds: int
    seed: int
    rules: Rules


@dataclass(frozen=True)
class Answered:
    """A message, what it means, and what each model took it for."""

    text: str
    wanted: str
    champion: str
    challenger: str
    entities_wanted: tuple[Any, ...] = ()
    entities_champion: tuple[Any, ...] = ()
    entities_challenger: tuple[Any, ...] = ()


@dataclass
class Evaluation:
    """What was found.

    Attributes:
        question: What was asked.
        messages: The reviewed messages that were compared.
        intents: How the models compare on their intents.
        entities: On their entities; None where none are marked.
        f1: Macro F1 over the intents.
        fold_pairs: How the two pipelines compare on folds; None when they are the same.
        fold_level: Share of examples that the challenger's pipeline understands without having
            been trained on them; None without folds.
        fold_of: How many examples that is a share of.
        stories: Name, passed with the champion, passed with the challenger, what went wrong.
        left_out: How many reviewed messages are not compared, by the reason.
        notes: What a reader should know.
        decision: What is decided.
    """

    question: Question
    messages: list[Answered] = field(default_factory=list)
    intents: Paired | None = None
    entities: Paired | None = None
    f1: F1 | None = None
    fold_pairs: Paired | None = None
    fold_level: float | None = None
    fold_of: int = 0
    stories: list[tuple[str, bool, bool, list[str]]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    decision: Decision | None = None

    @property
    def newly_failing(self) -> list[str]:
        """The test conversations that passed and fail now."""
        return [name for name, before, now, _ in self.stories if before and not now]

    @property
    def newly_passing(self) -> list[str]:
        """The test conversations that failed and pass now."""
        return [name for name, before, now, _ in self.stories if now and not before]


def evaluate(
    question: Question, rasa: Rasa, project: Path, say: Callable[[str], object]
) -> Evaluation:
    """Measure and decide.

    Reviewed messages decide, for they are what customers wrote. None counts that the champion was
    trained on. One that the challenger was trained on (it is in data/ by now) is answered by a model
    of the challenger's pipeline that was trained without it: by the folds; without folds it is left
    out. Folds compare pipelines where these differ, each trained on the same parts of today's data.

    Raises:
        LearningError: Rasa failed.
        ArchiveError: A model is not whole.
    """
    found = Evaluation(question)
    before, after = metadata(question.champion), metadata(question.challenger)
    pipelines = pipeline_of(before), pipeline_of(after)
    own = _folds(found, pipelines, rasa, say)
    fair = _fair(found, own)
    stories = conversation_tests(project)
    texts = [message.text for message in fair]
    say("Asking the champion …")
    champion = rasa.ask(question.champion, texts, stories)
    say("Asking the challenger …")
    challenger = rasa.ask(question.challenger, texts, stories)
    parses = zip(fair, champion["parses"], challenger["parses"], strict=True)
    for message, first, second in parses:
        second = own.get(message.text, second)
        found.messages.append(
            Answered(
                message.text,
                message.intent,
                first["intent"],
                second["intent"],
                message.entities,
                _spans(first),
                _spans(second),
            )
        )
    found.stories = _paired_stories(champion["stories"], challenger["stories"])
    if not stories:
        found.notes.append("The project has no test conversations (tests/conversations).")
    _measure(found)
    measures: list[tuple[str, Paired | None]] = [(INTENTS, found.intents)]
    measures += [(ENTITIES, found.entities)] if found.entities else []
    measures += [(FOLDS, found.fold_pairs)] if found.fold_pairs else []
    found.decision = decide(question.rules, measures, found.newly_failing)
    return found


def _folds(
    found: Evaluation,
    pipelines: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    rasa: Rasa,
    say: Callable[[str], object],
) -> dict[str, dict[str, Any]]:
    """Fill in what folds tell; return the challenger's understanding by text."""
    question = found.question
    if not question.folds:
        return {}
    say("Training the folds of the challenger's pipeline …")
    mine = rasa.folds(pipelines[1], question.folds, question.seed)
    right = [each["found"]["intent"] == each["intent"] for each in mine]
    found.fold_of = len(mine)
    found.fold_level = sum(right) / len(right) if right else None
    if pipelines[0] != pipelines[1]:
        say("Training the folds of the champion's pipeline …")
        theirs = rasa.folds(pipelines[0], question.folds, question.seed)
        found.fold_pairs = compare(
            [each["found"]["intent"] == each["intent"] for each in theirs], right
        )
    else:
        found.notes.append(
            "Both models have the same pipeline: folds say how good it is on today's examples, and "
            "do not compare."
        )
    return {each["text"]: each["found"] for each in mine}


def _fair(found: Evaluation, own: Mapping[str, Any]) -> list[Reviewed]:
    """Return the reviewed messages that neither model was trained on, as far as is known."""
    question = found.question
    if question.champion_seen is None:
        found.notes.append(
            "It is not known which examples the champion was trained on (it was not trained by "
            "`xiaoer train`): those among the messages favour it."
        )
    if question.challenger_seen is None:
        found.notes.append(
            "It is not known which examples the challenger was trained on: messages that are in "
            "data/ now are taken for such."
        )
    known = question.current if question.challenger_seen is None else question.challenger_seen
    fair: list[Reviewed] = []
    for message in question.reviewed:
        hashed = hash_of(message.text)
        if question.champion_seen is not None and hashed in question.champion_seen:
            reason = "the champion was trained on it"
        elif hashed in known and message.text not in own:
            reason = "the challenger was trained on it, and no fold was trained without it"
        else:
            fair.append(message)
            continue
        found.left_out[reason] = found.left_out.get(reason, 0) + 1
    return fair


def _measure(found: Evaluation) -> None:
    if not found.messages:
        return
    rows = found.messages
    found.intents = compare(
        [row.champion == row.wanted for row in rows], [row.challenger == row.wanted for row in rows]
    )
    found.f1 = macro_f1(
        [row.wanted for row in rows],
        [row.champion for row in rows],
        [row.challenger for row in rows],
        found.question.seed,
    )
    if any(row.entities_wanted for row in rows):
        found.entities = compare(
            [row.entities_champion == row.entities_wanted for row in rows],
            [row.entities_challenger == row.entities_wanted for row in rows],
        )


def _spans(understood: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(tuple(each) for each in understood["entities"])


def _paired_stories(
    champion: Sequence[Mapping[str, Any]], challenger: Sequence[Mapping[str, Any]]
) -> list[tuple[str, bool, bool, list[str]]]:
    before = {each["name"]: each for each in champion}
    return [
        (
            each["name"],
            bool(before.get(each["name"], {}).get("passed")),
            bool(each["passed"]),
            list(each["wrong"]),
        )
        for each in sorted(challenger, key=lambda each: str(each["name"]))
    ]
