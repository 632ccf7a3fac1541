"""Where events of Rasa are read: one class a broker, one interface."""

from backends.insights.events.sources.opening import open_source
from backends.insights.events.sources.source import Raw, Source, SourceError

__all__ = ["Raw", "Source", "SourceError", "open_source"]
