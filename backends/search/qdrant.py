"""Qdrant, in this process or on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backends.search.settings import SearchSettings

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_SECONDS = 2


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
