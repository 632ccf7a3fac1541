"""Events of Rasa in a SQLite file, without making a conversation wait for the disk."""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import threading
import time
from asyncio import AbstractEventLoop, to_thread
from contextlib import suppress
from pathlib import Path
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from xiaoer.brokers.event_table import EventTable, Row

logger = logging.getLogger(__name__)

#: The setting of the backends that says where they read; it goes before the path given here.
VARIABLE = "XIAOER_EVENTS_URL"
OFF = "off"
_SQLITE = "sqlite:///"
_BATCH = 500
_DRAIN_SECONDS = 5.0
_REPORT_SECONDS = 60.0


class EventFile(EventBroker):
    """Writes events to the table of Rasa's `SQLEventBroker`, from a thread of its own.

    Rasa's own commits each event before the conversation goes on, some eight times a message, and
    fails a conversation when the file is locked. Here a bounded queue takes the events at once and
    a thread writes what has gathered in one transaction; what the queue cannot hold is dropped,
    counted and logged. A broker that is closed, or a process that ends, writes what is left.

    The file holds what customers write as they wrote it: only its owner may read it, and whoever
    takes the events in should delete them (the backends do). Where nobody does, the oldest events
    go once there are more than `most_events`.

    Args:
        path: The file; missing folders are made. None writes nothing.
        queue_size: How many events may wait for the disk.
        most_events: How many the file may hold.

    Example:
        >>> # endpoints.yml
        >>> # event_broker:
        >>> #   type: xiaoer.brokers.EventFile
        >>> #   path: .xiaoer/events.db
    """

    def __init__(
        self, path: Path | None, queue_size: int = 10_000, most_events: int = 1_000_000
    ) -> None:
        self._path = path
        self._queue: queue.Queue[Row | None] = queue.Queue(queue_size)
        self._table = EventTable(path, most_events) if path else None
        self._dropped = 0
        self._reported = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> EventFile:
        """Create the broker from `endpoints.yml`.

        Raises:
            RasaException: `XIAOER_EVENTS_URL` names no file, or a value is wrong.
        """
        given = dict(broker_config.kwargs)
        path = _path(given.pop("path", ".xiaoer/events.db"))
        sizes = {name: given.pop(name) for name in ("queue_size", "most_events") if name in given}
        for name, value in sizes.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise RasaException(
                    f"`{name}` of the event broker xiaoer.brokers.EventFile must be a whole number "
                    f"from 1 on, not {value!r}: correct endpoints.yml."
                )
        if given:
            raise RasaException(
                "The event broker xiaoer.brokers.EventFile has no setting "
                f"`{next(iter(given))}`: correct endpoints.yml."
            )
        return cls(path, **sizes)

    @property
    def path(self) -> Path | None:
        """The file; None when nothing is written."""
        return self._path

    def publish(self, event: dict[str, Any]) -> None:
        """Take an event; returns at once, and never fails."""
        if self._table is None:
            return
        try:
            # Here, not in the thread: the tracker goes on changing what the event refers to.
            row = (str(event.get("sender_id"))[:255], json.dumps(event))
            self._start()
            self._queue.put_nowait(row)
        except queue.Full:
            self._drop("the disk does not keep up")
        except (TypeError, ValueError):
            self._drop("it is no JSON")

    async def close(self) -> None:
        """Write what is left, and stop."""
        await to_thread(self._drain)

    def _start(self) -> None:
        """Start the thread in the process that publishes, which may be a fork of the first."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._closed = False
                self._thread = threading.Thread(target=self._write, name="event-file", daemon=True)
                self._thread.start()
                # Threads that are daemons die before they have written all.
                atexit.register(self._drain)

    def _drain(self) -> None:
        thread = self._thread
        if thread is None or not thread.is_alive():
            return
        atexit.unregister(self._drain)
        self._closed = True
        with suppress(queue.Full):
            self._queue.put(None, timeout=_DRAIN_SECONDS)
        thread.join(_DRAIN_SECONDS)
        if thread.is_alive():
            logger.error(f"{self._queue.qsize()} events could not be written to {self._path}.")

    def _write(self) -> None:
        """Write what has gathered, again and again, until told to stop."""
        assert self._table is not None
        try:
            while (first := self._queue.get()) is not None:
                batch, more = self._gathered(first)
                self._write_until_done(batch)
                if not more:
                    return
        finally:
            self._table.close()

    def _gathered(self, first: Row) -> tuple[list[Row], bool]:
        """Return what waits, and whether to go on afterwards."""
        batch = [first]
        while len(batch) < _BATCH:
            try:
                row = self._queue.get_nowait()
            except queue.Empty:
                break
            if row is None:
                return batch, False
            batch.append(row)
        return batch, True

    def _write_until_done(self, batch: list[Row]) -> None:
        """Write a batch, waiting for a file that is locked or a disk that is full."""
        assert self._table is not None
        wait = 0.1
        while True:
            try:
                forgotten = self._table.add(batch)
                if forgotten:
                    logger.warning(
                        f"{forgotten} events in {self._path} were never taken in and are deleted: "
                        "start the backends, or take event_broker out of endpoints.yml."
                    )
                return
            except EventTable.ERRORS as error:
                self._report(f"Events cannot be written to {self._path} ({error}); trying again.")
                if self._closed and wait > _DRAIN_SECONDS:
                    return
                time.sleep(wait)
                wait = min(2 * wait, 10.0)

    def _drop(self, why: str) -> None:
        self._dropped += 1
        self._report(f"{self._dropped} events were not written to {self._path}: {why}.")

    def _report(self, sentence: str) -> None:
        """Log a sentence, at most once a minute."""
        if time.monotonic() - self._reported >= _REPORT_SECONDS or not self._reported:
            self._reported = time.monotonic()
            logger.warning(sentence)


def _path(given: object) -> Path | None:
    """Return the file to write to, None for none.

    Raises:
        RasaException: There is no such file, or the events are read elsewhere.
    """
    url = os.environ.get(VARIABLE, "").strip()
    if url.lower() == OFF:
        return None
    if url and not url.startswith(_SQLITE):
        raise RasaException(
            f"{VARIABLE} names another event broker than endpoints.yml: "
            "write the type pika or kafka there (docs/services/insights-events.md)."
        )
    if url:
        given = url[len(_SQLITE) :]
    if not isinstance(given, str) or not given or given == ":memory:":
        raise RasaException(
            "`path` of the event broker xiaoer.brokers.EventFile must name a file: "
            "correct endpoints.yml."
        )
    return Path(given)
