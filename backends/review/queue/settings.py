"""What the review queue reads from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseSettings, Field, confloat, conint

from backends.settings import load


class ReviewSettings(BaseSettings):
    """Settings of the queue; every field names the environment variable it comes from."""

    nlu_data: Path = Field(Path("data/nlu"), env="XIAOER_NLU_DATA")
    domain: Path = Field(Path("domain.yml"), env="XIAOER_DOMAIN")
    state: Path = Field(Path(".xiaoer"), env="XIAOER_STATE_DIR")
    #: A message understood with less is asked about.
    confidence: confloat(ge=0, le=1) = Field(  # type: ignore[valid-type]
        0.7, env="XIAOER_REVIEW_CONFIDENCE"
    )
    #: 0 leaves collecting to `xiaoer review collect`.
    every_seconds: conint(ge=0, le=86_400) = Field(  # type: ignore[valid-type]
        60, env="XIAOER_REVIEW_SECONDS"
    )

    @property
    def reviewed(self) -> Path:
        """Where the labels that people gave are written for evaluations."""
        return self.state / "reviewed.jsonl"


def load_review_settings() -> ReviewSettings:
    """Read the environment.

    Raises:
        SetupError: a variable has a value that cannot be used.
    """
    return load(ReviewSettings)
