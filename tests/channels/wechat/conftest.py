"""Running assistants with the WeChat channel, and platforms before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.channels.rasa_project import Server, action_server, rasa_server, running
from tests.channels.wechat.platform import PlatformThread, credentials, platform_at


@dataclass
class Assistant:
    """A server with the channel, its action server and the platform."""

    rasa: Server
    actions: Server
    wechat: PlatformThread

    @property
    def webhook(self) -> str:
        """The address that is entered at the platform."""
        return f"{self.rasa.url}/webhooks/wechat/webhook"


def _assistant(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int], mode: str, **more
) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp(f"wechat-{mode}")
    api, port = free_port(), free_port()
    actions = action_server(free_port(), folder)
    settings = credentials(api, **more)
    rasa = rasa_server(settings, port, folder, actions.url)
    url = f"{rasa.url}/webhooks/wechat/webhook"
    with platform_at(api, [url], mode=mode) as wechat, running(actions, rasa):
        yield Assistant(rasa, actions, wechat)


@pytest.fixture(scope="package")
def safe(tmp_path_factory, free_port) -> Iterator[Assistant]:
    """An account in safe mode with customer-service messages, on SQLite."""
    yield from _assistant(tmp_path_factory, free_port, "safe")


@pytest.fixture(scope="package")
def plain(tmp_path_factory, free_port) -> Iterator[Assistant]:
    """An account in plain mode without customer-service messages."""
    options = {"encoding_aes_key": None, "app_secret": None, "customer_service": False}
    yield from _assistant(tmp_path_factory, free_port, "plain", **options)
