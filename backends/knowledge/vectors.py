"""Search by meaning: the mean vectors of articles in Qdrant, in this process or on a server."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from backends.knowledge.collection import Collection
from backends.knowledge.ranking import FloatArray
from backends.knowledge.whitening import Vectors, Whitening, means
from backends.search.qdrant import fill_collection
from backends.search.vector_cache import TextEncoder

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

PREFIX = "xiaoer-knowledge-"
# Part of the collection's name: raise it when the same articles become other vectors.
_FORMAT = 1
_MOST_POINTS = 400


class MeaningIndex:
    """The articles of one collection in one Qdrant collection; blocking, for use in threads.

    Each article is a point, the mean direction of all its texts, and so is each of its languages:
    two languages that say the same lie a little apart.

    Args:
        collection: the articles.
        encoder: makes the vectors of questions.
        vectors: (texts, dim) of the collection's texts, made by the same encoder.
        background: (2 m, dim) of texts of no article, in both languages.
        client: an open Qdrant client.
        keep: name of the Qdrant collection that is searched until this one is there; all others of
            the knowledge base are deleted.

    Raises:
        Exception: whatever Qdrant raises when a server does not answer.
    """

    def __init__(
        self,
        collection: Collection,
        encoder: TextEncoder,
        vectors: Vectors,
        background: Vectors,
        client: QdrantClient,
        keep: str = "",
    ) -> None:
        self._collection = collection
        self._encoder = encoder
        self._client = client
        document = collection.document_of_text
        article = collection.article_of_document[document]
        self._whitening = Whitening(vectors, article, background)
        white = self._whitening.apply(vectors)
        points = np.concatenate(
            [
                means(white, article, len(collection.articles)),
                means(white, document, len(collection.documents)),
            ]
        )
        mark = hashlib.sha256(f"{_FORMAT}:{encoder.fingerprint()}".encode())
        mark.update(points.tobytes())
        self.name = PREFIX + mark.hexdigest()[:24]
        self._count = len(points)
        if self._count:
            fill_collection(client, self.name, PREFIX, points, keep=keep)

    def meaning(self, question: str) -> FloatArray:
        """Return (articles,) as ``Evidence.meaning``; what lies far off gets the least found."""
        articles = len(self._collection.articles)
        if not self._count:
            return np.zeros(0, np.float32)
        query = self._whitening.apply(self._encoder.encode([question], kind="query"))[0]
        found = self._client.query_points(
            self.name,
            query=query.tolist(),
            limit=min(self._count, _MOST_POINTS),
            with_payload=False,
        ).points
        cosines = np.full(self._count, min(point.score for point in found), np.float32)
        for point in found:
            cosines[int(point.id)] = point.score
        return cosines[:articles] + self._collection.by_article(cosines[articles:])
