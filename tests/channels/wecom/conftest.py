"""A real `rasa run` with both WeCom connectors, and a platform that calls it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.channels.rasa_project import Server, action_server, calls, rasa_server, running
from tests.channels.wecom.callbacks import AES_KEY, TOKEN, Caller
from tests.channels.wecom.customer_service import KF_ID
from tests.channels.wecom.platform import AGENT_ID, APP_SECRET, CORP_ID, KF_SECRET, WeComPlatform

SERVICE_TOKEN = "service-token-of-these-tests"
INTENTS = ["wecom_click", "wecom_scan", "wecom_session", "wecom_other"]


@dataclass
class World:
    """Everything that a test of the connectors needs.

    Attributes:
        platform: WeCom.
        rasa: The server under test.
        actions_url: Where its action server is.
        app: Calls the connector `wecom`.
        kf: Calls the connector `wecom_kf`.
    """

    platform: WeComPlatform
    rasa: Server
    actions_url: str
    app: Caller
    kf: Caller

    def calls(self, sender: str) -> list[dict[str, Any]]:
        """What the bot was told by a sender."""
        return [call for call in calls(self.actions_url) if call["sender"] == sender]

    def push(self, channel: str, conversation: str, text: str) -> httpx.Response:
        """Say a person's words by the connector `outbound`."""
        words = {"conversation": conversation, "channel": channel, "text": text, "staff": "小李"}
        return httpx.post(
            f"{self.rasa.url}/webhooks/outbound/messages",
            headers={"authorization": f"Bearer {SERVICE_TOKEN}"},
            json={"id": str(time.time_ns()), **words},
            timeout=20,
        )


def credentials(platform: WeComPlatform, **app: Any) -> dict[str, Any]:
    """The entries of both connectors."""
    common = {
        "corp_id": CORP_ID,
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "api_base": platform.url,
        "lease_seconds": 2,
    }
    return {
        "xiaoer.channels.WeComInput": {
            **common,
            "agent_id": AGENT_ID,
            "secret": APP_SECRET,
            **app,
        },
        "xiaoer.channels.WeComCustomerServiceInput": {
            **common,
            "secret": KF_SECRET,
            "open_kfid": KF_ID,
        },
        "xiaoer.channels.OutboundInput": {"token": SERVICE_TOKEN},
    }


@pytest.fixture(scope="package")
def actions(
    free_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """An action server for all tests."""
    server = action_server(free_port(), tmp_path_factory.mktemp("actions"))
    with running(server):
        yield server


@pytest.fixture(scope="package")
def make_world(
    free_port: Callable[[], int], actions: Server, channel_project: Path
) -> Callable[..., World]:
    """A function that returns a world whose Rasa has not started yet."""

    def make(
        folder: Path,
        endpoints: dict[str, Any] | None = None,
        variables: dict[str, str] | None = None,
        **app: Any,
    ) -> World:
        platform = WeComPlatform()
        port = free_port()
        arguments = ["--debug"]
        rasa = rasa_server(
            credentials(platform, **app),
            port,
            folder,
            actions.url,
            endpoints,
            variables,
            intents=INTENTS,
            arguments=arguments,
        )
        hook = f"{rasa.url}/webhooks/{{}}/webhook"
        app, kf = Caller(platform, hook.format("wecom")), Caller(platform, hook.format("wecom_kf"))
        return World(platform, rasa, actions.url, app, kf)

    return make


@pytest.fixture(scope="package")
def world(
    make_world: Callable[..., World], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world that runs; tests share it, so each has members and customers of its own."""
    made = make_world(tmp_path_factory.mktemp("wecom"))
    with running(made.rasa):
        yield made
    made.platform.close()


@pytest.fixture
def member(world: World, request: pytest.FixtureRequest) -> str:
    """A member of the corporation that no other test writes to."""
    name = f"m{hashlib.sha256(request.node.name.encode()).hexdigest()[:16]}"
    world.platform.members.add(name)
    return name
