"""The knowledge base."""

from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel

from actions.clients.http import BackendClient

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
MAX_QUESTION = 500


class KnowledgeHit(BaseModel):
    """An article that was found, in the language asked for where it has it; `score` is 0 to 1."""

    id: str
    language: Language
    question: str
    answer: str
    source: str | None
    score: float


class KnowledgeAnswer(BaseModel):
    """What was found, the best first.

    `trust`: `sure` when the first answers the question, `near` when one may, else `none`.
    """

    trust: Literal["sure", "near", "none"]
    items: list[KnowledgeHit]


class Wording(BaseModel):
    """An article in one language."""

    question: str
    answer: str


class Source(BaseModel):
    """Where an answer stands."""

    zh: str | None
    en: str | None


class Article(BaseModel):
    """An article; `holds` says whether it answers today."""

    id: str
    source: Source | None
    holds: bool
    zh: Wording | None
    en: Wording | None

    def hit(self, language: str) -> KnowledgeHit | None:
        """Return it as a hit, in that language where it has it."""
        for wanted in sorted(LANGUAGES, key=lambda each: each != language):
            wording: Wording | None = getattr(self, wanted)
            if wording is not None:
                return KnowledgeHit(
                    id=self.id,
                    language=wanted,
                    question=wording.question,
                    answer=wording.answer,
                    source=getattr(self.source, wanted, None),
                    score=1.0,
                )
        return None


class KnowledgeClient(BackendClient):
    """Reads the knowledge base; each call raises what `BackendClient.read` does."""

    async def search(self, question: str, language: str, limit: int = 3) -> KnowledgeAnswer:
        """Find the articles that answer a question, of which 500 characters are used."""
        params: dict[str, str | int] = {
            "q": question[:MAX_QUESTION],
            "lang": language,
            "limit": limit,
        }
        return await self.read(KnowledgeAnswer, "/v1/knowledge/search", params)

    async def article(self, article_id: str) -> Article:
        """Return an article.

        Raises:
            NotFound: There is none.
        """
        return await self.read(Article, f"/v1/knowledge/articles/{quote(article_id, safe='')}")
