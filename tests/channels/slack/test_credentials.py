"""What stands in `credentials.yml`: Rasa's keys, ours, and mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.exceptions import InvalidConfigException

from xiaoer.channels import SlackInput

GOOD = {"slack_token": "xoxb-secret", "slack_signing_secret": "a-signing-secret"}


def test_the_keys_of_rasas_connector_are_taken(tmp_path: Any) -> None:
    made = SlackInput.from_credentials(
        {
            **GOOD,
            "slack_channel": "C1",
            "proxy": "http://127.0.0.1:3128",
            "slack_retry_reason_header": "x-slack-retry-reason",
            "slack_retry_number_header": "x-slack-retry-num",
            "errors_ignore_retry": ["http_timeout"],
            "use_threads": True,
            "conversation_granularity": "thread",
            "store": str(tmp_path / "channels.db"),
        }
    )
    assert (made.name(), made.url_prefix()) == ("slack", "slack")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"slack_token": ""}, "slack_token is missing"),
        ({"slack_signing_secret": " "}, "slack_signing_secret is missing"),
        ({"slack_tokn": "x"}, "slack_tokn"),
        ({"conversation_granularity": "team"}, "conversation_granularity"),
        ({"store": "mysql://x"}, "store"),
        ({"timeout": "soon"}, "timeout"),
        ({"lease_seconds": "nan"}, "lease_seconds"),
        ({"language": "fr"}, "language"),
        ({"texts": {"fr": {}}}, "fr"),
        ({"texts": {"zh": {"home": "x"}}}, "home"),
    ],
)
def test_mistakes_are_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidConfigException, match=said) as raised:
        SlackInput.from_credentials({**GOOD, **given})
    assert "xoxb-secret" not in str(raised.value)
    assert "a-signing-secret" not in str(raised.value)


def test_nothing_at_all_is_a_mistake() -> None:
    with pytest.raises(InvalidConfigException, match="slack_token is missing"):
        SlackInput.from_credentials(None)
