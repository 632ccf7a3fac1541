"""Where the backends are and how patient the clients are, from the environment."""

from pathlib import Path

from pydantic import BaseSettings, Field

_DEFAULT_URL = "http://127.0.0.1:5080"


class Settings(BaseSettings):
    """The clients' settings; each is read from the environment variable named beside it.

    Attributes:
        trusted_channels_text: Channels whose sender ids are vouched for, as the backends have them.
        timeout: Seconds for one call, its retries included.
        level_timeout: Seconds to ask how a customer is served; nobody waits longer to be greeted
            more warmly.
        handoff_timeout: Seconds to open a ticket, which leaves time within an action's deadline to
            file a call back instead.
        attempts: How often a read is tried.
        breaker_failures: Failures in a row that open a backend's circuit.
        breaker_seconds: How long it then stays open before one call is let through.
    """

    catalog_url: str = Field(default=_DEFAULT_URL, env="CATALOG_URL")
    orders_url: str = Field(default=_DEFAULT_URL, env="ORDERS_URL")
    recommendations_url: str = Field(default=_DEFAULT_URL, env="RECOMMENDATIONS_URL")
    knowledge_url: str = Field(default=_DEFAULT_URL, env="KNOWLEDGE_URL")
    review_url: str = Field(default=_DEFAULT_URL, env="REVIEW_URL")
    customers_url: str = Field(default=_DEFAULT_URL, env="CUSTOMERS_URL")
    handoff_url: str = Field(default=_DEFAULT_URL, env="HANDOFF_URL")
    feedback_url: str = Field(default=_DEFAULT_URL, env="FEEDBACK_URL")
    outreach_url: str = Field(default=_DEFAULT_URL, env="OUTREACH_URL")
    trusted_channels_text: str = Field(
        default="wechat,wecom,wecom_kf,slack", env="TRUSTED_CHANNELS"
    )
    service_token: str | None = Field(default=None, env="XIAOER_SERVICE_TOKEN")
    token_file: Path = Field(default=Path(".xiaoer/service-token"), env="XIAOER_SERVICE_TOKEN_FILE")
    timeout: float = Field(default=3.0, env="XIAOER_BACKEND_TIMEOUT", gt=0)
    level_timeout: float = Field(default=0.3, env="XIAOER_LEVEL_TIMEOUT", gt=0)
    handoff_timeout: float = Field(default=2.0, env="XIAOER_HANDOFF_TIMEOUT", gt=0)
    attempts: int = Field(default=3, env="XIAOER_BACKEND_ATTEMPTS", ge=1)
    breaker_failures: int = Field(default=5, env="XIAOER_BREAKER_FAILURES", ge=1)
    breaker_seconds: float = Field(default=15.0, env="XIAOER_BREAKER_SECONDS", gt=0)

    @property
    def trusted_channels(self) -> frozenset[str]:
        """The trusted channels' names, in lower case."""
        names = (name.strip().lower() for name in self.trusted_channels_text.split(","))
        return frozenset(name for name in names if name)
