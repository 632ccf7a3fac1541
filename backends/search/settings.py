"""What search by vectors reads from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseSettings, Field


class SearchSettings(BaseSettings):
    """Settings of the search; every field names the environment variable it comes from."""

    encoder: str = Field("bundled", env="XIAOER_SEARCH_ENCODER")
    qdrant_url: str | None = Field(None, env="QDRANT_URL")
    qdrant_key: str | None = Field(None, env="QDRANT_API_KEY")
    state: Path = Field(Path(".xiaoer"), env="XIAOER_STATE_DIR")
