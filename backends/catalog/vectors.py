"""Search by meaning: vectors of the products in Qdrant, in this process or on a server."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
import structlog

from backends.catalog.snapshot import LANGUAGES, Item, Snapshot
from backends.catalog.vocabulary import read_words
from backends.search.qdrant import fill_collection
from backends.search.vector_cache import TextEncoder, VectorCache, Vectors

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

log = structlog.get_logger("backends.catalog")

PREFIX = "xiaoer-products-"
_QUERIES_KEPT = 512


def passages(item: Item) -> list[str]:
    """Return the texts of a product that become vectors, one a language."""
    texts = []
    for language in LANGUAGES:
        parts = [
            item.names[language],
            item.category.names[language],
            item.brand.names[language],
            item.summary[language],
        ]
        texts.append("; ".join(parts))
    return texts


def texts_of(snapshot: Snapshot) -> list[str]:
    """Return all texts that become vectors: those of the products, then the background."""
    texts = [text for item in snapshot.items for text in passages(item)]
    return [*texts, *read_words().background]


def product_vectors(snapshot: Snapshot, vectors: Vectors) -> dict[str, Vectors]:
    """Return (dim,) the mean vector of each product's texts, by its id.

    Args:
        snapshot: the catalogue.
        vectors: of `texts_of`, the background's may be left out.
    """
    count = len(snapshot.items)
    of_products = vectors[: count * len(LANGUAGES)]
    means = of_products.reshape(count, len(LANGUAGES), vectors.shape[1]).mean(axis=1)
    return dict(zip([item.id for item in snapshot.items], means, strict=True))


class VectorIndex:
    """The products of one snapshot in one Qdrant collection; blocking, for use in threads.

    Args:
        snapshot: the catalogue.
        encoder: makes the vectors of queries.
        cache: gives those of products.
        client: an open Qdrant client, of a server or in memory.

    Attributes:
        products: (dim,) the mean vector of each product's texts, by its id.

    Raises:
        Exception: whatever Qdrant raises when a server does not answer.
    """

    def __init__(
        self, snapshot: Snapshot, encoder: TextEncoder, cache: VectorCache, client: QdrantClient
    ) -> None:
        self._encoder = encoder
        self._client = client
        self._places = {item.id: at for at, item in enumerate(snapshot.items)}
        mark = hashlib.sha256(f"{encoder.fingerprint()}:{snapshot.version}".encode())
        self.collection = PREFIX + mark.hexdigest()[:24]
        self._queries: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()
        vectors = cache.vectors(texts_of(snapshot))
        products = len(self._places) * len(LANGUAGES)
        self._background = vectors[products:]
        self.products = product_vectors(snapshot, vectors)
        if products:
            payloads = [
                {"product": item.id, "category": item.category.id, "lang": language}
                for item in snapshot.items
                for language in LANGUAGES
            ]
            fill_collection(client, self.collection, PREFIX, vectors[:products], payloads)

    def lift(self, text: str) -> Vectors:
        """Return how much nearer a query is to each product than to goods at large, (products,).

        Cosines of this encoder lie in a narrow band whose height depends on the query, so each is
        taken from the mean cosine of the query to all products and to the background, goods of
        every kind that keep the mean meaningful in a small shop. The better language counts.
        """
        query = self._query(text)
        cosines = self._nearest(query)
        return cosines - np.concatenate([cosines, self._background @ query]).mean()

    def like(self, product: str) -> list[tuple[str, float]]:
        """Return the products most like one, the nearest first, with the cosine."""
        at = self._places[product]
        points = self._client.retrieve(
            self.collection, [at * len(LANGUAGES) + side for side in range(len(LANGUAGES))],
            with_vectors=True,
        )  # fmt: skip
        total = sum(self._nearest(np.asarray(point.vector, np.float32)) for point in points)
        nearness = np.asarray(total) / max(len(points), 1)
        names = list(self._places)
        order = np.argsort(-nearness, kind="stable")
        return [(names[i], float(nearness[i])) for i in order if names[i] != product]

    def _nearest(self, vector: Vectors) -> Vectors:
        scores = np.zeros(len(self._places), np.float32)
        if not self._places:
            return scores
        found = self._client.query_points(
            self.collection,
            query=vector.tolist(),
            limit=min(len(self._places) * len(LANGUAGES), 600),
            with_payload=["product"],
        )
        for point in found.points:
            at = self._places.get((point.payload or {}).get("product", ""))
            if at is not None:
                scores[at] = max(scores[at], point.score)
        return scores

    def _query(self, text: str) -> Vectors:
        with self._lock:
            known = self._queries.get(text)
        if known is None:
            known = self._encoder.encode([text], kind="query")[0]
            with self._lock:
                self._queries[text] = known
                while len(self._queries) > _QUERIES_KEPT:
                    self._queries.popitem(last=False)
        return known
