"""The articles laid out for search: one document for each article and language, of many texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backends.knowledge.article import Article


@dataclass(frozen=True)
class Document:
    """An article in one language.

    Attributes:
        article: its number in the collection.
        language: zh or en.
        texts: all ways to ask, then the answer.
    """

    article: int
    language: str
    texts: tuple[str, ...]


class Collection:
    """All articles, their documents and their texts, each by number.

    Args:
        articles: the knowledge base.
    """

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = tuple(articles)
        self.documents = tuple(
            Document(number, language, (*wording.asked, wording.answer))
            for number, article in enumerate(self.articles)
            for language, wording in article.wordings()
        )

    @cached_property
    def texts(self) -> list[str]:
        """All texts, in the order of the documents."""
        return [text for document in self.documents for text in document.texts]

    @cached_property
    def document_of_text(self) -> NDArray[np.int64]:
        """(texts,) the number of the document of each text."""
        counts = [len(document.texts) for document in self.documents]
        return np.repeat(np.arange(len(counts)), counts)

    @cached_property
    def article_of_document(self) -> NDArray[np.int64]:
        """(documents,) the number of the article of each document."""
        return np.array([document.article for document in self.documents], dtype=np.int64)

    @cached_property
    def is_question(self) -> NDArray[np.bool_]:
        """(texts,) whether it is a way to ask, not the answer."""
        ends = np.cumsum([len(document.texts) for document in self.documents]) - 1
        flags = np.ones(len(self.texts), dtype=bool)
        flags[ends.astype(int)] = False
        return flags

    def by_article(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (…, articles) the best of each article's documents, of values (…, documents)."""
        first = np.flatnonzero(np.diff(self.article_of_document, prepend=-1))
        return np.maximum.reduceat(values, first, axis=-1)
