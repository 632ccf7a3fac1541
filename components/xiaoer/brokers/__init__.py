"""Event brokers for Rasa's `endpoints.yml`."""

from xiaoer.brokers.event_file import EventFile

__all__ = ["EventFile"]
