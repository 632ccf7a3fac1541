"""How copy is written, from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseSettings, Field, SecretStr, confloat, conint


class CopySettings(BaseSettings):
    """Settings of the writer; every field names the environment variable it comes from.

    Attributes:
        url, key, model: an OpenAI-compatible endpoint that writes.
        models: Rasa's archives, whose text generator training goes on from.
        state: the folder in whose ``copy-writer`` a trained writer lies.
        threads: processor threads for one token of a trained writer.
        deadline: seconds in which a brief is written.
        at_once: briefs that a model writes at the same time.
        waiting: briefs that may wait; more are refused.
    """

    url: str | None = Field(None, env="XIAOER_GENERATOR_URL")
    key: SecretStr | None = Field(None, env="XIAOER_GENERATOR_KEY")
    model: str = Field("default", env="XIAOER_GENERATOR_MODEL")
    models: Path = Field(Path("models"), env="XIAOER_MODELS")
    state: Path = Field(Path(".xiaoer"), env="XIAOER_STATE_DIR")
    threads: conint(ge=1, le=64) = Field(1, env="XIAOER_GENERATOR_THREADS")  # type: ignore[valid-type]
    deadline: confloat(gt=0, le=12) = Field(8, env="XIAOER_COPY_DEADLINE")  # type: ignore[valid-type]
    at_once: conint(ge=1, le=64) = Field(2, env="XIAOER_COPY_AT_ONCE")  # type: ignore[valid-type]
    waiting: conint(ge=1, le=1000) = Field(20, env="XIAOER_COPY_WAITING")  # type: ignore[valid-type]

    @property
    def writers(self) -> Path:
        """The folder of trained writers."""
        return self.state / "copy-writer"

    class Config:
        """Pydantic's settings."""

        allow_population_by_field_name = True
