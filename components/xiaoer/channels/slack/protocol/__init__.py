"""Slack's protocol without Rasa: the Web API, signatures, the text format."""
