"""Qdrant, in this process or on a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backends.search.settings import SearchSettings
from backends.search.vector_cache import Vectors

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_SECONDS = 2


def fill_collection(
    client: QdrantClient,
    name: str,
    prefix: str,
    vectors: Vectors,
    payloads: Sequence[Mapping[str, Any]] | None = None,
    keep: str = "",
) -> None:
    """Make a collection of points compared by cosine, unless it is there and complete.

    Args:
        client: an open client.
        name: of the collection; says by itself what is in it.
        prefix: how the names of all collections of this index begin; the others are deleted.
        vectors: (n, dim), n at least 1; the row's number is the point's id.
        payloads: (n,) what is kept with each point.
        keep: name of another collection that is still searched.

    Raises:
        Exception: whatever Qdrant raises when a server does not answer.
    """
    from qdrant_client import models

    existing = {one.name for one in client.get_collections().collections}
    if name not in existing or client.count(name).count != len(vectors):
        if name in existing:
            client.delete_collection(name)
        client.create_collection(
            name,
            vectors_config=models.VectorParams(
                size=vectors.shape[1], distance=models.Distance.COSINE
            ),
        )
        points = [
            models.PointStruct(
                id=number,
                vector=vector.tolist(),
                payload=dict(payloads[number]) if payloads else None,
            )
            for number, vector in enumerate(vectors)
        ]
        client.upload_points(name, points, wait=True)
    for other in existing:
        if other.startswith(prefix) and other not in (name, keep):
            client.delete_collection(other)


def open_client(settings: SearchSettings) -> QdrantClient:
    """Open the Qdrant server that the settings name, else Qdrant's local mode in memory."""
    from qdrant_client import QdrantClient  # here, for it costs two seconds

    if settings.qdrant_url:
        return QdrantClient(
            url=settings.qdrant_url,
            api_key=settings.qdrant_key,
            timeout=_SECONDS,
            check_compatibility=False,
        )
    return QdrantClient(":memory:")
