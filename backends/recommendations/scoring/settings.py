"""What scoring by a language model reads from the environment."""

from __future__ import annotations

from pydantic import BaseSettings, Field, SecretStr

from backends.settings import load


class ScoringSettings(BaseSettings):
    """Every field names the environment variable it comes from.

    Attributes:
        url, key, model: an OpenAI-compatible endpoint; without a URL nothing is scored.
        deadline: seconds from the call on in which the scores must be there.
        weight: of the model's score in the order, the rest is that of the order before.
        places: how many places a score may move a product at most.
        failures: failures in a row after which the model is left alone.
        rest: seconds for which it then is.
    """

    url: str | None = Field(None, env="XIAOER_RECOMMENDATION_LM_URL")
    key: SecretStr | None = Field(None, env="XIAOER_RECOMMENDATION_LM_KEY")
    model: str = Field("default", env="XIAOER_RECOMMENDATION_LM_MODEL")
    deadline: float = Field(0.8, env="XIAOER_RECOMMENDATION_LM_DEADLINE", gt=0, le=2)
    weight: float = Field(0.5, env="XIAOER_RECOMMENDATION_LM_WEIGHT", ge=0, le=1)
    places: int = Field(5, env="XIAOER_RECOMMENDATION_LM_PLACES", ge=0)
    failures: int = Field(5, env="XIAOER_RECOMMENDATION_LM_FAILURES", ge=1)
    rest: float = Field(30.0, env="XIAOER_RECOMMENDATION_LM_REST", gt=0)


def load_scoring_settings() -> ScoringSettings:
    """Read the environment.

    Raises:
        SetupError: a variable has a value that cannot be used; names the variable, not the value.
    """
    return load(ScoringSettings)
