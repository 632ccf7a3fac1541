"""Whether the article that answers is found, and nothing where none does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import numpy as np

from backends.clock import today
from backends.knowledge.collection import Collection
from backends.knowledge.preparing import Preparation
from backends.knowledge.ranking import FloatArray
from backends.knowledge.reading import read_folder
from backends.knowledge.vectors import MeaningIndex
from backends.knowledge.words import WordIndex
from benchmarks.answering.knowledge_server import ARTICLES, in_one_language, knowledge_server
from benchmarks.answering.questions import Question, paraphrases, unanswerable
from benchmarks.harness import Figure
from xiaoer.lm import Encoder

_SHOWN = 3


def measure(folder: Path) -> list[Figure]:
    """Ask the running knowledge base, and beside it words alone and vectors alone.

    Args:
        folder: where the articles' vectors are kept.
    """
    asked, nowhere = paraphrases(), unanswerable()
    state = folder / "shop"
    with knowledge_server(state) as client:
        answers = [_ask(client, question) for question in asked]
        without = [_ask(client, question) for question in nowhere]
    found = [_place(answer, question) for answer, question in zip(answers, asked, strict=True)]
    sure = [answer["trust"] == "sure" for answer in answers]
    wrong = [one and place != 0 for one, place in zip(sure, found, strict=True)]
    words, vectors = _alone(state, asked)
    figures = [
        *_recalls("retrieval", found, ">= 90", ">= 97", words),
        *_recalls("vectors alone", vectors),
        *[
            figure
            for language in ("zh", "en")
            for figure in _recalls(
                f"retrieval, {language}",
                [at for at, one in zip(found, asked, strict=True) if one.language == language],
            )
        ],
        *_across(folder, asked),
        Figure("paraphrases answered word for word", _percent(sure), "%"),
        Figure("of paraphrases: answered by a wrong article", _percent(wrong), "%"),
        Figure(
            f"of {len(nowhere)} questions without an answer: answered",
            _percent([answer["trust"] == "sure" for answer in without]),
            "%",
            target="<= 5",
        ),
    ]
    for kind in dict.fromkeys(question.kind for question in nowhere):
        chosen = [
            answer["trust"] == "sure"
            for answer, question in zip(without, nowhere, strict=True)
            if question.kind == kind
        ]
        figures.append(Figure(f"  of kind {kind}: answered", _percent(chosen), "%"))
    return figures


def _across(folder: Path, asked: Sequence[Question]) -> list[Figure]:
    """Ask in each language a knowledge base that is in the other alone."""
    places = []
    for language, other in (("zh", "en"), ("en", "zh")):
        state = folder / f"only-{other}"
        if not state.exists():
            shutil.copytree(folder / "shop", state)
        articles = in_one_language(other, folder / f"articles-{other}")
        with knowledge_server(state, articles) as client:
            places += [
                _place(_ask(client, question), question)
                for question in asked
                if question.language == language
            ]
    return _recalls("retrieval across languages", places)


def _alone(state: Path, asked: Sequence[Question]) -> tuple[list[int | None], list[int | None]]:
    """Return the places by BM25 alone and by vectors alone."""
    from qdrant_client import QdrantClient

    articles = [one for one in read_folder(ARTICLES).articles.values() if one.holds(today())]
    collection = Collection(articles)
    encoder = Encoder.load("bundled")
    texts, background = Preparation(state, encoder).vectors(collection)
    meaning = MeaningIndex(collection, encoder, texts, background, QdrantClient(":memory:"))
    index = WordIndex([document.texts for document in collection.documents])

    def by_words(question: str) -> FloatArray:
        return collection.by_article(index.scores(question))

    names = [article.id for article in articles]
    return (
        [_rank(by_words, names, question) for question in asked],
        [_rank(meaning.meaning, names, question) for question in asked],
    )


def _rank(score: Callable[[str], FloatArray], names: list[str], question: Question) -> int | None:
    best = np.argsort(-score(question.text), kind="stable")[:_SHOWN]
    return next((at for at, one in enumerate(best) if names[one] == question.article), None)


def _ask(client: httpx.Client, question: Question) -> dict:
    params: dict[str, str | int] = {
        "q": question.text,
        "lang": question.language,
        "limit": _SHOWN,
    }
    answer = client.get("/v1/knowledge/search", params=params)
    answer.raise_for_status()
    return answer.json()


def _place(answer: dict, question: Question) -> int | None:
    ids = [item["id"] for item in answer["items"]]
    return ids.index(question.article) if question.article in ids else None


def _recalls(
    name: str,
    places: Sequence[int | None],
    first: str = "",
    third: str = "",
    peer: Sequence[int | None] | None = None,
) -> list[Figure]:
    rows = []
    for most, target in ((1, first), (_SHOWN, third)):
        shares = [
            None if some is None else _percent([at is not None and at < most for at in some])
            for some in (places, peer)
        ]
        of = "" if peer is None else ", peer: BM25 alone"
        title = f"{name}: recall@{most} of {len(places)}{of}"
        rows.append(Figure(title, shares[0], "%", peer=shares[1], target=target))
    return rows


def _percent(flags: Sequence[bool]) -> float:
    return 100 * sum(flags) / len(flags)
