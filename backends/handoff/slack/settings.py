"""What staff's Slack app needs from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseSettings, Field

from backends.settings import load
from backends.setup_error import SetupError


class _Variables(BaseSettings):
    token: str = Field("", env="HANDOFF_SLACK_TOKEN")
    signing_secret: str = Field("", env="HANDOFF_SLACK_SIGNING_SECRET")
    channel: str = Field("", env="HANDOFF_SLACK_CHANNEL", regex="^([CG][A-Z0-9]{1,30})?$")
    language: Literal["zh", "en"] = Field("zh", env="HANDOFF_SLACK_LANGUAGE")
    api_url: str = Field(
        "https://slack.com/api/", env="HANDOFF_SLACK_API_URL", regex="^https?://[^?#\\s]+/$"
    )


@dataclass(frozen=True)
class SlackSettings:
    """Settings of the Slack console.

    Attributes:
        token: the app's bot token.
        signing_secret: by which requests are known to be Slack's.
        channel: id of the staff's channel.
        language: of what is posted there.
        api_url: where Slack's Web API is.
    """

    token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    channel: str
    language: Literal["zh", "en"]
    api_url: str


def read_settings() -> SlackSettings | None:
    """Read the environment; None without a Slack console.

    Raises:
        SetupError: a value cannot be used, or one of those that belong together is missing.
    """
    found = load(_Variables)
    needed = {
        "HANDOFF_SLACK_TOKEN": found.token.strip(),
        "HANDOFF_SLACK_SIGNING_SECRET": found.signing_secret.strip(),
        "HANDOFF_SLACK_CHANNEL": found.channel,
    }
    missing = [name for name, value in needed.items() if not value]
    if len(missing) == len(needed):
        return None
    if missing:
        raise SetupError(f"{missing[0]} is missing: Slack as a console needs {', '.join(needed)}.")
    return SlackSettings(**found.dict())
