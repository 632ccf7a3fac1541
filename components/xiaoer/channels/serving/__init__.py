"""What all connectors want of the Rasa server that they run in."""

from xiaoer.channels.serving.action_answers import read_schema_once

__all__ = ["read_schema_once"]
