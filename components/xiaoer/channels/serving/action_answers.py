"""Rasa's check of what custom actions answer, without reading its schema anew each time."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

_rasas_own = RemoteAction._validate_action_result


def read_schema_once() -> None:
    """Let this process check the answers of custom actions in microseconds.

    Rasa 3.6 calls `jsonschema.validate`, which first checks the schema itself: some 20 ms of
    processor time for each custom action, during which every other conversation stands still.
    Afterwards the same answers are accepted and refused, with the same errors.
    """
    RemoteAction._validate_action_result = _validate_action_result


@cache
def _validator() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _validate_action_result(action: RemoteAction, result: dict[str, Any]) -> bool:
    # Rasa's own finds the words for what is refused.
    return _validator().is_valid(result) or _rasas_own(action, result)
