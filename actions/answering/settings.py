"""How answers are generated, from the environment."""

from pathlib import Path
from typing import Literal

from pydantic import BaseSettings, Field, SecretStr


class Settings(BaseSettings):
    """Each is read from the environment variable named beside it.

    Attributes:
        generation: `local` writes by the model that `rasa train` made (or by the endpoint, where a
            URL is given), `off` never writes.
        url, key, model: an OpenAI-compatible endpoint in the model's place.
        models: the folder of Rasa's archives, or one archive.
        state: where the generator is unpacked to.
        threads: processor threads for one token.
        deadline: seconds from the customer's message on in which a reply must be written.
        max_new_tokens: longest reply.
        patience: after so many questions back in a row a person is called.
    """

    generation: Literal["local", "off"] = Field(default="local", env="XIAOER_GENERATION")
    url: str | None = Field(default=None, env="XIAOER_GENERATOR_URL")
    key: SecretStr | None = Field(default=None, env="XIAOER_GENERATOR_KEY")
    model: str = Field(default="default", env="XIAOER_GENERATOR_MODEL")
    models: Path = Field(default=Path("models"), env="XIAOER_MODELS")
    state: Path = Field(default=Path(".xiaoer"), env="XIAOER_STATE_DIR")
    threads: int = Field(default=1, env="XIAOER_GENERATOR_THREADS", ge=1)
    deadline: float = Field(default=1.5, env="XIAOER_FALLBACK_DEADLINE", gt=0, le=4)
    max_new_tokens: int = Field(default=80, env="XIAOER_GENERATOR_MAX_NEW_TOKENS", ge=1)
    patience: int = Field(default=2, env="XIAOER_PATIENCE", ge=1)
