"""What `credentials.yml` says about a WeCom connector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa.shared.exceptions import RasaException

from xiaoer.channels.storage import StoreError, open_store
from xiaoer.channels.tencent import CallbackCipher
from xiaoer.channels.wecom.texts import LANGUAGES, Texts

_COMMON: tuple[str, ...] = (
    *("corp_id", "secret", "token", "encoding_aes_key", "language", "texts"),
    *("store", "api_base", "api_timeout", "lease_seconds", "shutdown_grace"),
)
API_BASE = "https://qyapi.weixin.qq.com"


@dataclass(frozen=True)
class Settings:
    """The settings that both connectors have.

    Attributes:
        corp_id: The corporation's id (企业ID), also the receiver of callbacks.
        secret: What access tokens are got with.
        token: Signs callbacks.
        encoding_aes_key: Encrypts callbacks; 43 characters.
        texts: Sentences that customers read.
        api_base: Where the platform's API is.
        store: `redis://…`, or the path of an SQLite file.
        api_timeout: Seconds for a call of the API.
        lease_seconds: After so long a silence another worker takes up what this one has accepted.
        shutdown_grace: How long messages under way may take at shutdown.
    """

    corp_id: str
    secret: str
    token: str
    encoding_aes_key: str
    texts: Texts
    api_base: str = API_BASE
    store: str | None = None
    api_timeout: float = 5.0
    lease_seconds: float = 15.0
    shutdown_grace: float = 10.0


class Credentials:
    """Reads the entry of one connector.

    Args:
        channel: The connector's name, for error texts.
        given: The entry of `credentials.yml`.
        own: Names of settings that only this connector has.
    """

    def __init__(
        self, channel: str, given: Mapping[str, Any] | None, own: tuple[str, ...] = ()
    ) -> None:
        self._channel = channel
        self._given = dict(given or {})
        self._names = (*_COMMON, *own)

    def settings(self, *others: str) -> Settings:
        """Return what both connectors have.

        Args:
            others: Names of the connector's own settings that must be there.

        Raises:
            RasaException: Something is missing or malformed; one sentence says what to do.
        """
        unknown = [str(name) for name in self._given if name not in self._names]
        if unknown:
            raise self.error(f"has no setting {_listed(unknown)}; it has {_listed(self._names)}")
        needed = ("corp_id", *others, "secret", "token", "encoding_aes_key")
        missing = [name for name in needed if not self.text(name)]
        if missing:
            raise self.error(
                f"needs {_listed(needed)} in credentials.yml; {_listed(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} missing"
            )
        try:
            CallbackCipher(self.text("token"), self.text("encoding_aes_key"), "")
        except ValueError:
            raise self.error(
                "needs an encoding_aes_key of 43 letters and digits, as the admin console shows it"
            ) from None
        try:
            open_store(self.text("store") or None)
        except StoreError as error:
            raise self.error(f"cannot use its store: {str(error).rstrip('.')}") from None
        base = self.text("api_base") or API_BASE
        if not base.startswith(("https://", "http://")):
            raise self.error("needs an address that begins with https:// for api_base")
        return Settings(
            corp_id=self.text("corp_id"),
            secret=self.text("secret"),
            token=self.text("token"),
            encoding_aes_key=self.text("encoding_aes_key"),
            texts=self._texts(),
            api_base=base.rstrip("/"),
            store=self.text("store") or None,
            api_timeout=self.number("api_timeout", 5.0),
            lease_seconds=self.number("lease_seconds", 15.0),
            shutdown_grace=self.number("shutdown_grace", 10.0),
        )

    def text(self, name: str) -> str:
        """Return a setting as text, empty when it is not there."""
        value = self._given.get(name)
        return "" if value is None else str(value).strip()

    def items(self, name: str) -> list[str]:
        """Return a setting that is one text or a list of them."""
        value = self._given.get(name) or []
        return [str(item).strip() for item in (value if isinstance(value, list) else [value])]

    def number(self, name: str, default: float) -> float:
        """Return a setting in seconds.

        Raises:
            RasaException: It is not a number above 0.
        """
        try:
            number = float(self._given.get(name, default))
        except (TypeError, ValueError):
            number = 0.0
        if number <= 0:
            raise self.error(f"needs a number above 0 for {name}")
        return number

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """Return one of the options, the first by default.

        Raises:
            RasaException: It is none of them.
        """
        value = self.text(name) or options[0]
        if value not in options:
            raise self.error(f"knows {_listed(options)} for {name}")
        return value

    def error(self, sentence: str) -> RasaException:
        """Return the error that says a sentence of this connector."""
        return RasaException(f"The connector {self._channel} {sentence}.")

    def _texts(self) -> Texts:
        given = self._given.get("texts") or {}
        language = self.choice("language", LANGUAGES)
        if not isinstance(given, dict):
            raise self.error("needs texts by their names for texts")
        try:
            return Texts(given, language)
        except ValueError as error:
            raise self.error(str(error)) from None


def _listed(names: Any) -> str:
    *first, last = list(names)
    return f"{', '.join(first)} and {last}" if first else str(last)
