"""What `credentials.yml` may say."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.exceptions import RasaException

from xiaoer.channels import WebInput


@pytest.mark.parametrize(
    ("credentials", "named"),
    [
        ({"session_persistance": True}, "session_persistance"),
        ({"max_length": 0}, "max_length"),
        ({"messages_per_minute": "many"}, "messages_per_minute"),
        ({"cors": {"origin": "*"}}, "cors"),
    ],
)
def test_a_wrong_setting_is_named(credentials: dict[str, Any], named: str) -> None:
    with pytest.raises(RasaException, match=f"'{named}.* of the web channel in credentials.yml"):
        WebInput.from_credentials(credentials)


def test_the_settings_of_rasas_connector_are_taken() -> None:
    given = {
        "user_message_evt": "said",
        "bot_message_evt": "answered",
        "namespace": "/talk",
        "session_persistence": False,
        "socketio_path": "/talk.io",
        "jwt_key": "key",
        "jwt_method": "HS512",
        "metadata_key": "more",
    }

    channel = WebInput.from_credentials(given)

    assert {name: getattr(channel, name) for name in given if name != "jwt_method"} == {
        name: value for name, value in given.items() if name != "jwt_method"
    }
    assert channel.jwt_algorithm == "HS512"
    assert WebInput.from_credentials(None).session_persistence is True
