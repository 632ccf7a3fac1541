"""Conversations that were handed over to the shop's people."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.actions.conftest import (
    ROOT,
    ActionServer,
    Conversation,
    Reply,
    environment,
    process,
)
from tests.backends.handoff.office import write_service


@pytest.fixture
def handed_over(talk) -> Callable[..., tuple[Conversation, str]]:
    """A function that begins a conversation and asks for a person; gives the reference, too."""

    def begin(language: str = "zh", **more: Any) -> tuple[Conversation, str]:
        conversation = talk(language, **more)
        reply = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
        assert reply.slots["handoff"], reply
        return conversation, reply.slots["handoff"]

    return begin


@pytest.fixture
def forward() -> Callable[..., Reply]:
    """A function that lets the customer write to the shop's people."""

    def write(conversation: Conversation, text: str, intent: str = "inform") -> Reply:
        return conversation.say(text, intent).run("action_forward_to_staff")

    return write


@pytest.fixture(scope="module")
def shop_with_hours(tmp_path_factory, free_port) -> Callable[..., Any]:
    """A function that runs a shop whose people are there at these hours, for an action server."""

    @contextlib.contextmanager
    def run(hours: str) -> Iterator[str]:
        folder = tmp_path_factory.mktemp("hours")
        env = environment(
            DATABASE_URL=f"sqlite+aiosqlite:///{folder / 'shop.db'}",
            XIAOER_SERVICE_FILE=str(write_service(folder / "service.yml", hours=hours)),
            XIAOER_KNOWLEDGE_DATA=str(folder),
        )
        command = ["-m", "backends"]
        subprocess.run([sys.executable, *command, "migrate"], cwd=ROOT, env=env, check=True)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        serve = [*command, "serve", "--port", str(port)]
        with process(serve, env, f"{url}/health", folder / "log.txt"):
            yield url

    return run


@pytest.fixture(scope="module")
def after_hours(shop_with_hours, start_actions) -> Iterator[ActionServer]:
    """An action server of a shop whose people are never there."""
    with shop_with_hours("closed") as url, start_actions(url) as server:
        yield server


@pytest.fixture(scope="module")
def opens_later(shop_with_hours, start_actions) -> Iterator[tuple[ActionServer, datetime]]:
    """An action server of a shop that opens in about half a day, and when it does."""
    shop = timezone(timedelta(hours=8))
    opens = (datetime.now(shop) + timedelta(hours=12)).replace(minute=0)
    with shop_with_hours(f"{opens:%H}:00-{opens:%H}:30") as url, start_actions(url) as server:
        yield server, opens


@pytest.fixture(scope="module")
def cut_off(shop_url, start_actions) -> Iterator[ActionServer]:
    """An action server that does not reach the hand-over service."""
    with start_actions(shop_url, HANDOFF_URL="http://127.0.0.1:9") as server:
        yield server


def external(conversation: Conversation, intent: str, **entities: str) -> Conversation:
    """The hand-over service sets off an intent, as Rasa's `trigger_intent` writes it down."""
    conversation.say(f"EXTERNAL: {intent}", intent, entities)
    conversation.events[-1]["metadata"] = {"is_external": True}
    return conversation


@pytest.fixture
def told() -> Callable[..., Conversation]:
    """`external` as a fixture."""
    return external
