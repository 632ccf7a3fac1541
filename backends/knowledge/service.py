"""The knowledge base as it stands now: the index follows the files, work goes on in threads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import structlog

from backends.knowledge.article import Article
from backends.knowledge.calibration import BY_DEFAULT, BY_WORDS
from backends.knowledge.collection import Collection
from backends.knowledge.preparing import Preparation
from backends.knowledge.ranking import Confidence, Evidence
from backends.knowledge.reading import Reading
from backends.knowledge.schemas import Hit, KnowledgeAnswer, Language
from backends.knowledge.store import ArticleStore
from backends.knowledge.vectors import MeaningIndex
from backends.knowledge.words import WordIndex
from backends.search.settings import SearchSettings
from backends.search.workshop import Workshop

log = structlog.get_logger("backends.knowledge")

# So many new texts are made into vectors while the change is waited for, more beside the requests.
_AT_ONCE = 100


@dataclass
class _State:
    version: str
    articles: dict[str, Article]
    collection: Collection
    words: WordIndex
    meaning: MeaningIndex | None = None
    confidence: Confidence = field(default=BY_WORDS)


class Knowledge:
    """Search over the articles in the files; one for each server process.

    Args:
        settings: which encoder, which Qdrant, where vectors are kept.
        store: the files.
    """

    def __init__(self, settings: SearchSettings, store: ArticleStore) -> None:
        self._workshop = Workshop(settings, "knowledge")
        self._store = store
        self._building = asyncio.Lock()
        # Changes wait here, not in the threads that searches need.
        self._changing = asyncio.Lock()
        self._state: _State | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the encoder and index what is in the files; without either, start all the same."""
        await self._workshop.open()
        try:
            await self._current()
        except OSError as error:
            log.warning("the articles are read at the first request", error=error.strerror)

    async def stop(self) -> None:
        """End the threads."""
        if self._task:
            self._task.cancel()
        self._workshop.close()

    async def articles(self) -> dict[str, Article]:
        """Return all articles by id, in the order of the files."""
        return (await self._current()).articles

    async def put(self, article: Article) -> bool:
        """Write an article; returns whether it is new. Raises as ``ArticleStore.put``."""
        async with self._changing:
            new = await self._workshop.run(self._store.put, article)
        await self._current()
        return new

    async def delete(self, article_id: str) -> bool:
        """Remove an article; returns whether it was there. Raises as ``ArticleStore.put``."""
        async with self._changing:
            there = await self._workshop.run(self._store.delete, article_id)
        await self._current()
        return there

    async def search(
        self, question: str, language: Language, limit: int, day: date
    ) -> KnowledgeAnswer:
        """Find what answers a question on a day, the best first.

        Args:
            question: any text.
            language: of the hits' texts, where an article is in it.
            limit: how many.
            day: articles that do not hold then are left out.
        """
        state = await self._current(patient=False)
        holding = [at for at, one in enumerate(state.collection.articles) if one.holds(day)]
        if not holding:
            return KnowledgeAnswer(trust="none", items=[])
        words = await self._workshop.run(state.words.scores, question)
        meaning = None
        if state.meaning is not None and self._workshop.awake():
            meaning = await self._workshop.guarded(state.meaning.meaning, question)
        confidence = BY_WORDS if meaning is None else state.confidence
        if meaning is None:
            meaning = np.zeros(len(state.collection.articles), np.float32)
        return _answer(
            state, Evidence(meaning, state.collection.by_article(words)), confidence, holding,
            language, limit,
        )  # fmt: skip

    async def _current(self, patient: bool = True) -> _State:
        """Return the state of the files; the impatient get the last one while it is made."""
        version = await self._workshop.run(self._store.version)
        state = self._state
        made = self._building.locked() and not patient
        if state is not None and (state.version == version or made):
            return state
        async with self._building:
            state = self._state
            version = await self._workshop.run(self._store.version)
            if state is not None and state.version == version:
                return state
            reading = await self._workshop.run(self._store.read)
            for problem in reading.problems:
                log.warning("an article is left out", problem=problem)
            new = await self._workshop.run(_lay_out, version, reading)
            if self._task:
                self._task.cancel()
            await self._start_meaning(new, state.confidence if state else BY_DEFAULT)
            self._state = new
            return new

    async def _start_meaning(self, state: _State, confidence: Confidence) -> None:
        """Index by meaning now when nearly all vectors are kept on disk, else beside the requests.

        Until the confidence is fitted anew, that of the articles before the change stands in.
        """
        if self._workshop.encoder is None or not state.collection.texts:
            return
        preparation = await self._workshop.run(
            Preparation, self._workshop.settings.state, self._workshop.encoder
        )
        if preparation.missing(state.collection) <= _AT_ONCE:
            await self._index(state, preparation, confidence)
            work = self._calibrate(state, preparation)
        else:
            work = self._index_and_calibrate(state, preparation, confidence)
        self._task = asyncio.get_running_loop().create_task(work)

    async def _index_and_calibrate(
        self, state: _State, preparation: Preparation, confidence: Confidence
    ) -> None:
        log.info(
            "the articles become vectors; until then the search goes by words",
            texts=preparation.missing(state.collection),
        )
        await self._index(state, preparation, confidence)
        await self._calibrate(state, preparation)

    async def _index(self, state: _State, preparation: Preparation, confidence: Confidence) -> None:
        before = self._state.meaning if self._state else None
        try:
            texts, background = await self._workshop.run(preparation.vectors, state.collection)
            state.meaning = await self._workshop.run(
                MeaningIndex, state.collection, self._workshop.encoder, texts, background,
                self._workshop.client, before.name if before else "",
            )  # fmt: skip
            state.confidence = confidence
        except Exception as error:
            log.warning("the search goes on by words alone", error=str(error)[:200])

    async def _calibrate(self, state: _State, preparation: Preparation) -> None:
        try:
            state.confidence = await self._workshop.run(preparation.confidence, state.collection)
            log.info("the articles are indexed", articles=len(state.articles))
        except Exception as error:
            log.warning("the confidence cannot be fitted", error=str(error)[:200])


def _lay_out(version: str, reading: Reading) -> _State:
    collection = Collection(reading.articles.values())
    words = WordIndex([document.texts for document in collection.documents])
    return _State(version, reading.articles, collection, words)


def _answer(
    state: _State,
    evidence: Evidence,
    confidence: Confidence,
    holding: list[int],
    language: Language,
    limit: int,
) -> KnowledgeAnswer:
    scores = evidence.scores()
    order = sorted(holding, key=lambda at: -scores[at])
    second = order[1] if len(order) > 1 else None
    sure = float(confidence.probability(evidence.signs(order[0], second)))
    trust = confidence.trust(sure)
    items: list[Hit] = []
    for rank, at in enumerate(order[:limit]):
        article = state.collection.articles[at]
        known, wording = article.wording(language)
        probability = sure
        if rank:  # as if the better ones were not there
            after = order[rank + 1] if rank + 1 < len(order) else None
            alone = float(confidence.probability(evidence.signs(at, after)))
            probability = min(items[-1].score, alone)
        items.append(
            Hit(
                id=article.id,
                category=article.category,
                language=known,  # type: ignore[arg-type]
                question=wording.question,
                answer=wording.answer,
                source=article.source_name(known),
                score=probability,
            )
        )
    return KnowledgeAnswer(trust=trust, items=items)
