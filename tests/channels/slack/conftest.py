"""A Slack, and connectors that speak with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.channels.slack.hosting import Host
from tests.channels.slack.platform import SIGNING_SECRET, TOKEN, SlackPlatform
from xiaoer.channels import SlackInput


@pytest.fixture
def slack() -> Iterator[SlackPlatform]:
    """A Slack of this test's own."""
    platform = SlackPlatform()
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def host(
    slack: SlackPlatform, tmp_path: Path, free_port: Callable[[], int]
) -> Iterator[Callable[..., Host]]:
    """A function that serves our connector; its arguments are credentials."""
    with ExitStack() as running:

        def serve(answer: Any = None, **credentials: Any) -> Host:
            connector = SlackInput.from_credentials(
                {
                    "slack_token": TOKEN,
                    "slack_signing_secret": SIGNING_SECRET,
                    "api_url": slack.api_url,
                    "store": str(tmp_path / "channels.db"),
                    **credentials,
                }
            )
            return running.enter_context(Host(connector, free_port(), answer))

        yield serve
