"""The settings of the channel in `credentials.yml`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, ValidationError, root_validator
from rasa.shared.exceptions import RasaException

from xiaoer.channels.storage import Store, StoreError, open_store
from xiaoer.channels.tencent import CallbackCipher, CallbackSignature
from xiaoer.channels.wechat.texts import Language, Texts

Mode = Literal["plain", "compatible", "safe"]

_HOURS = 3600.0


class WeChatSettings(BaseModel):
    """Settings, checked; docs/channels/wechat.md says what each is for."""

    token: str = Field(min_length=1)
    app_id: str = Field(min_length=1)
    app_secret: str | None = None
    encoding_aes_key: str | None = None
    mode: Mode = "plain"
    api_base: str = Field("https://api.weixin.qq.com", regex="^https?://[^/]+")
    api_timeout: float = Field(5.0, gt=0, le=60)
    store: str | None = None
    reply_deadline: float = Field(4.5, gt=0, lt=5)
    customer_service: bool = True
    message_quota: int = Field(5, ge=0)
    message_quota_seconds: float = Field(48 * _HOURS, gt=0)
    event_quota: int = Field(3, ge=0)
    event_quota_seconds: float = Field(60.0, gt=0)
    choices: Literal["numbered", "menu"] = "numbered"
    choices_seconds: float = Field(_HOURS, gt=0)
    waiting_seconds: float = Field(48 * _HOURS, gt=0)
    lease_seconds: float = Field(15.0, gt=0)
    shutdown_grace: float = Field(12.0, ge=0)
    language: Language = "zh"
    texts: dict[str, Any] = Field(default_factory=dict)

    class Config:
        """A misspelt setting is an error."""

        extra = Extra.forbid

    @root_validator(pre=True)
    def _mode_by_key(cls, values: dict[str, Any]) -> dict[str, Any]:
        """With a key messages are encrypted, unless it is said otherwise."""
        given = {key: value for key, value in values.items() if value is not None}
        if given.get("encoding_aes_key"):
            given.setdefault("mode", "safe")
        return given

    def signature(self) -> CallbackSignature:
        """Return what signs plain callbacks."""
        return CallbackSignature(self.token)

    def cipher(self) -> CallbackCipher | None:
        """Return what encrypts, None in plain mode.

        Raises:
            ValueError: `encoding_aes_key` has another form.
        """
        if self.mode == "plain":
            return None
        return CallbackCipher(self.token, self.encoding_aes_key or "", self.app_id)

    def open_store(self) -> Store:
        """Return the store that the settings name.

        Raises:
            StoreError: It cannot be used.
        """
        return open_store(self.store)

    def own_texts(self) -> Texts:
        """Return the channel's texts.

        Raises:
            ValueError: One has an unknown name or another form.
        """
        return Texts(self.texts, self.language)


def read_settings(credentials: dict[str, Any] | None) -> WeChatSettings:
    """Return the settings of `credentials.yml`.

    Raises:
        RasaException: One sentence about what is missing or malformed; it quotes no value.
    """
    try:
        settings = WeChatSettings.parse_obj(credentials or {})
        if settings.mode != "plain" and not settings.encoding_aes_key:
            raise ValueError(f"The mode '{settings.mode}' wants an encoding_aes_key.")
        if settings.customer_service and not settings.app_secret:
            raise ValueError(
                "Without app_secret no customer-service messages can be sent; "
                "add it, or set customer_service to false."
            )
        settings.cipher()
        settings.own_texts()
        settings.open_store()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise RasaException(
            f"The setting '{name}' of the WeChat channel in credentials.yml cannot be used: "
            f"{first['msg']}."
        ) from None
    except (ValueError, StoreError) as error:
        raise RasaException(
            f"The WeChat channel in credentials.yml cannot be used. {error}"
        ) from None
    return settings
