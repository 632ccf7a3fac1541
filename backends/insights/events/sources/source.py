"""What a source of events does."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

#: One event as it came: JSON as text or bytes, unless somebody wrote something else.
Raw = Any


class SourceError(Exception):
    """A broker does not answer; the text is one sentence for the log, without secrets."""


class Source(Protocol):
    """Gives events in batches; several processes may read, and one event goes to one of them."""

    def batch(self, most: int, seconds: float) -> AbstractAsyncContextManager[list[Raw]]:
        """Give what has come, in order; it is done with when the block ends without an exception.

        After an exception, or the end of the process, the same events come again.

        Args:
            most: how many events at most.
            seconds: how long to wait for the first one; an empty list after that.

        Raises:
            SourceError: the broker does not answer.
        """
        ...

    async def close(self) -> None:
        """Let go of the broker."""
        ...
