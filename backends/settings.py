"""What the services read from the environment, checked once at start."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseSettings, Field, ValidationError, confloat, conint, validator

from backends.setup_error import SetupError

Read = TypeVar("Read", bound=BaseSettings)

# On these channels anybody can choose the sender id, so it proves nothing about who is writing.
OPEN_CHANNELS = frozenset(
    {"rest", "callback", "socketio", "cmdline", "console", "webchat", "web", "outbound"}
)


class Settings(BaseSettings):
    """Settings of the services; every field names the environment variable it comes from."""

    database_url: str = Field("sqlite+aiosqlite:///.xiaoer/shop.db", env="DATABASE_URL")
    service_token: str | None = Field(None, env="XIAOER_SERVICE_TOKEN")
    token_file: Path = Field(Path(".xiaoer/service-token"), env="XIAOER_SERVICE_TOKEN_FILE")
    trusted_channels_text: str = Field("wechat,wecom,wecom_kf,slack", env="TRUSTED_CHANNELS")
    shop_data: Path = Field(Path("data/shop"), env="XIAOER_SHOP_DATA")
    knowledge_data: Path = Field(Path("data/knowledge"), env="XIAOER_KNOWLEDGE_DATA")
    customers_data: Path = Field(Path("data/customers"), env="XIAOER_CUSTOMERS_DATA")
    staff_data: Path = Field(Path("data/staff"), env="XIAOER_STAFF_DATA")
    campaigns_data: Path = Field(Path("data/campaigns"), env="XIAOER_CAMPAIGNS_DATA")
    proxies: conint(ge=0, le=9) = Field(0, env="XIAOER_PROXIES")  # type: ignore[valid-type]
    service_file: Path | None = Field(None, env="XIAOER_SERVICE_FILE")
    outreach_file: Path | None = Field(None, env="XIAOER_OUTREACH_FILE")
    rasa_url: str = Field("http://127.0.0.1:5005", env="RASA_URL", regex="^https?://[^/?#\\s]+/?$")
    push_seconds: confloat(gt=0, le=300) = Field(  # type: ignore[valid-type]
        20, env="XIAOER_PUSH_SECONDS"
    )
    ticket_days: conint(ge=1, le=36_500) = Field(  # type: ignore[valid-type]
        365, env="XIAOER_TICKET_DAYS"
    )
    events_url: str = Field("sqlite:///.xiaoer/events.db", env="XIAOER_EVENTS_URL")
    insight_days: conint(ge=1, le=36_500) = Field(  # type: ignore[valid-type]
        365, env="XIAOER_INSIGHT_DAYS"
    )
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
    def service_path(self) -> Path:
        """The file with the opening hours; one of the shop's data unless another is named."""
        return self.service_file or self.shop_data / "service.yml"

    @property
    def outreach_path(self) -> Path:
        """The file with the rules of outreach; one of the shop's data unless another is named."""
        return self.outreach_file or self.shop_data / "outreach.yml"

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
