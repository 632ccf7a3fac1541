"""What the services read from the environment, checked once at start."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseSettings, Field, ValidationError, conint, validator

from backends.setup_error import SetupError

Read = TypeVar("Read", bound=BaseSettings)

# On these channels anybody can choose the sender id, so it proves nothing about who is writing.
OPEN_CHANNELS = frozenset({"rest", "callback", "socketio", "cmdline", "console", "webchat"})


class Settings(BaseSettings):
    """Settings of the services; every field names the environment variable it comes from."""

    database_url: str = Field("sqlite+aiosqlite:///.xiaoer/shop.db", env="DATABASE_URL")
    service_token: str | None = Field(None, env="XIAOER_SERVICE_TOKEN")
    token_file: Path = Field(Path(".xiaoer/service-token"), env="XIAOER_SERVICE_TOKEN_FILE")
    trusted_channels_text: str = Field("wechat,wecom,slack", env="TRUSTED_CHANNELS")
    shop_data: Path = Field(Path("data/shop"), env="XIAOER_SHOP_DATA")
    knowledge_data: Path = Field(Path("data/knowledge"), env="XIAOER_KNOWLEDGE_DATA")
    customers_data: Path = Field(Path("data/customers"), env="XIAOER_CUSTOMERS_DATA")
    log_level: str = Field(
        "INFO", env="LOG_LEVEL", regex="^(?i:DEBUG|INFO|WARNING|ERROR|CRITICAL)$"
    )
    log_format: str = Field("auto", env="XIAOER_LOG_FORMAT", regex="^(auto|json|console)$")
    database_wait_ms: conint(ge=0, le=60_000) = Field(  # type: ignore[valid-type]
        1500, env="XIAOER_DATABASE_WAIT_MS"
    )
    return_window_days: conint(ge=0, le=365) = Field(  # type: ignore[valid-type]
        7, env="XIAOER_RETURN_WINDOW_DAYS"
    )

    @validator("service_token")
    def _long_enough(cls, value: str | None) -> str | None:
        if value is not None and len(value) < 16:
            raise ValueError("must have at least 16 characters")
        return value

    @validator("trusted_channels_text")
    def _no_open_channel(cls, value: str) -> str:
        for name in value.split(","):
            if name.strip().lower() in OPEN_CHANNELS:
                raise ValueError(
                    f"may not name {name.strip()}: anybody can choose a sender id on that channel"
                )
        return value

    @property
    def trusted_channels(self) -> frozenset[str]:
        """Channels whose sender ids are vouched for, in lower case."""
        names = (name.strip().lower() for name in self.trusted_channels_text.split(","))
        return frozenset(name for name in names if name)


def load_settings() -> Settings:
    """Read the environment; see `load`."""
    return load(Settings)


def load(model: type[Read]) -> Read:
    """Read the environment.

    Raises:
        SetupError: a variable has a value that cannot be used; names the variable, not the value.
    """
    try:
        return model()
    except ValidationError as error:
        first = error.errors()[0]
        field = model.__fields__[str(first["loc"][0])]
        names = sorted(field.field_info.extra.get("env_names", {field.name}))
        raise SetupError(f"{names[0].upper()} {first['msg']}.") from None
