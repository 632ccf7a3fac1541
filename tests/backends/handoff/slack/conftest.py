"""A shop whose staff work in Slack."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from backends.staff.accounts import set_slack_user
from backends.staff.models import Staff
from tests.backends.handoff.conftest import Customer
from tests.backends.handoff.office import Office, write_service
from tests.backends.handoff.outbound import Outbound
from tests.channels.slack.platform import SIGNING_SECRET, TOKEN, SlackPlatform
from tests.waiting import eventually

CHANNEL = "CSTAFF"
MEMBERS = {"ann": "UANN", "bo": "UBO1", "sue": "USUE"}


@pytest.fixture(scope="module")
def slack(database_url: str) -> Iterator[SlackPlatform]:
    platform = SlackPlatform()
    platform.start()
    yield platform
    platform.stop()


@dataclass
class Desk:
    """The staff's channel, seen from Slack.

    Attributes:
        shop: the server.
        slack: the platform.
    """

    shop: Any
    slack: SlackPlatform
    office: Office
    outbound: Outbound
    _known: dict[str, int] = field(default_factory=dict)

    def head(self, reference: str) -> dict[str, Any]:
        """The first message of a ticket's thread."""

        def find() -> dict[str, Any] | None:
            return next(
                (
                    message
                    for message in list(self.slack.messages.values())
                    if message["text"].startswith(reference) and "thread_ts" not in message
                ),
                None,
            )

        return eventually(find)  # type: ignore[no-any-return]

    def thread(self, reference: str) -> list[str]:
        """What stands below it."""
        ts = self.head(reference)["ts"]
        return [
            message["text"]
            for message in list(self.slack.messages.values())
            if message.get("thread_ts") == ts
        ]

    def says(self, reference: str, text: str) -> str:
        """Wait until a message that holds a text stands in the thread, and return it."""
        return eventually(  # type: ignore[no-any-return]
            lambda: next((each for each in self.thread(reference) if text in each), None)
        )

    def buttons(self, reference: str) -> list[str]:
        """The titles of the buttons of a ticket."""
        return [
            element["text"]["text"]
            for block in self.head(reference)["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    def write(self, reference: str, text: str, user: str = "UANN", **more: Any) -> dict[str, Any]:
        """Write into the thread; returns the event."""
        ts = self.head(reference)["ts"]
        event = self.slack.message(text, user=user, channel=CHANNEL, thread_ts=ts, **more)
        assert self.event(event).status_code == 200
        return event

    def event(self, event: dict[str, Any], shop: Any = None) -> httpx.Response:
        url = f"{(shop or self.shop).url}/slack/handoff/events"
        return self.slack.send_event(url, event)

    def interact(self, payload: dict[str, Any]) -> httpx.Response:
        return self.slack.send_payload(f"{self.shop.url}/slack/handoff/interactions", payload)

    def press(self, reference: str, title: str, user: str = "UANN") -> None:
        """Press a button of a ticket."""
        eventually(lambda: title in self.buttons(reference))
        ts = self.head(reference)["ts"]
        index = self.buttons(reference).index(title)
        payload = self.slack.press(CHANNEL, ts, user=user, index=index)
        assert self.interact(payload).status_code == 200

    def dialogue(self, reference: str) -> dict[str, Any] | None:
        """The dialogue that was opened for a ticket."""
        views = [call.arguments["view"] for call in self.slack.of("views.open") if call.ok]
        return next((view for view in views if view["private_metadata"] == reference), None)

    def told(self, user: str) -> list[str]:
        """What only somebody was told."""
        return [
            call.arguments["text"]
            for call in self.slack.of("chat.postEphemeral")
            if call.arguments["user"] == user
        ]

    def hears(self, user: str, text: str) -> None:
        """Wait until somebody was told something, after what they were told before."""
        known = self._known.get(user, 0)
        eventually(lambda: any(text in each for each in self.told(user)[known:]))
        self._known[user] = len(self.told(user))


@pytest.fixture(scope="module")
def open_shop(
    database_url: str,
    office: Office,
    outbound: Outbound,
    slack: SlackPlatform,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
    start_light_shop: Callable[..., Any],
) -> Iterator[Callable[..., Any]]:
    """A function that starts a server whose staff are in Slack."""
    for name, member in MEMBERS.items():

        async def tie(session: Any, name: str = name, member: str = member) -> None:
            await set_slack_user(session, await session.get(Staff, office.ids[name]), member)

        office.work(tie)
    started = []

    def start(workers: int = 1) -> Any:
        folder = tmp_path_factory.mktemp("slack")
        env = {
            "DATABASE_URL": database_url,
            "RASA_URL": outbound.url,
            "XIAOER_SERVICE_FILE": str(write_service(folder / "service.yml")),
            "HANDOFF_SLACK_TOKEN": TOKEN,
            "HANDOFF_SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "HANDOFF_SLACK_CHANNEL": CHANNEL,
            "HANDOFF_SLACK_API_URL": slack.api_url,
        }
        unused = Path(folder / "unused.db")
        started.append(start_light_shop(unused, folder, free_port(), env=env, workers=workers))
        return started[-1]

    yield start
    for each in started:
        each.stop()
        log = each.log.read_text()
        assert TOKEN not in log
        assert SIGNING_SECRET not in log
        assert "unexpected error" not in log


@pytest.fixture(scope="module")
def desk(
    open_shop: Callable[..., Any], slack: SlackPlatform, office: Office, outbound: Outbound
) -> Desk:
    """The staff's channel of a server with two workers."""
    return Desk(open_shop(workers=2), slack, office, outbound)


@pytest.fixture
def writer(desk: Desk) -> Callable[..., Customer]:
    """A function that gives a customer nobody has heard of."""

    def make(channel: str = "wechat") -> Customer:
        return Customer(desk.shop.client(f"someone-{secrets.token_hex(4)}", channel))

    return make
