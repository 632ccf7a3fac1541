"""Keeping the threads in Slack like the tickets: one task in each process."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import select

from backends.db import Database
from backends.errors import ApiError
from backends.handoff import desk
from backends.handoff.changes import Changes
from backends.handoff.models import TicketMessage
from backends.handoff.slack import showing, threads
from backends.handoff.slack.texts import Texts
from backends.handoff.slack.threads import Progress
from backends.handoff.views import TicketView
from backends.steady import steadily
from xiaoer.channels.slack.protocol.client import SlackClient
from xiaoer.channels.slack.protocol.errors import NotDelivered
from xiaoer.channels.slack.protocol.splitting import split

log = structlog.get_logger("backends")

#: How keys of words begin that were written in Slack, where they stand already.
FROM_SLACK = "slack:"
# Within a second customers' words are to be seen, whichever process took them.
_LOOK_EVERY = 0.5
_MOST_TEXT = 3000


class Poster:
    """Posts what has changed in tickets.

    Args:
        db: the database.
        changes: wakes it.
        client: Slack's Web API.
        channel: id of the staff's channel.
        texts: in the language of the channel.
    """

    def __init__(
        self, db: Database, changes: Changes, client: SlackClient, channel: str, texts: Texts
    ) -> None:
        self._db = db
        self._changes = changes
        self._client = client
        self._channel = channel
        self._texts = texts
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to post."""
        self._changes.listeners.append(self._wake.set)
        work = steadily("threads in Slack", self._round, self._pause)
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        """Post no more; the next process goes on where this one stopped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _pause(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY)

    async def _round(self) -> None:
        # Before looking: what changes while one looks is looked at again.
        self._wake.clear()
        for ticket_id, reference in await threads.due(self._db):
            progress = await threads.claim(self._db, ticket_id)
            if progress is not None:
                await self._post(progress, reference)

    async def _post(self, progress: Progress, reference: str) -> None:
        # A ticket that is gone has no row to note anything in either.
        with suppress(ApiError):
            async with self._db.read() as session:
                ticket = await desk.ticket(session, reference)
            try:
                await self._show_head(progress, ticket)
                await self._say(progress, ticket)
            except NotDelivered as error:
                wait = await threads.put_off(self._db, progress)
                log.warning(
                    "a ticket is not in Slack yet",
                    reference=reference,
                    reason=str(error),
                    again_in=wait.total_seconds(),
                )
            else:
                await threads.finish(self._db, progress, ticket.card.version)

    async def _show_head(self, progress: Progress, ticket: TicketView) -> None:
        message = showing.head(ticket.card, self._texts)
        shown = showing.digest(message)
        if progress.thread is not None and shown == progress.shown:
            return
        if progress.thread is not None:
            try:
                await self._client.call(
                    "chat_update", channel=self._channel, ts=progress.thread, **message
                )
            except NotDelivered as error:
                if error.code != "message_not_found":
                    raise
                # Somebody has deleted it: the ticket gets another thread.
                progress.thread, progress.said_until, progress.told = None, 0, []
        if progress.thread is None:
            answer = await self._client.call("chat_postMessage", channel=self._channel, **message)
            progress.thread = str(answer["ts"])
        progress.shown = shown
        await threads.note(self._db, progress)

    async def _say(self, progress: Progress, ticket: TicketView) -> None:
        opened = next((each.id for each in ticket.entries if each.event == "opened"), 0)
        if progress.said_until < opened:
            before = [each for each in ticket.entries if each.id < opened]
            await self._write(progress, showing.so_far(before, self._texts), opened)
        here = await self._written_here(progress)
        for each in ticket.entries:
            if each.id > progress.said_until:
                text = "" if each.id in here else showing.entry(each, self._texts)
                await self._write(progress, text, each.id)
            if (each.delivery == "failed" or each.waits) and each.id not in progress.told:
                await self._write(progress, showing.not_arrived(each, self._texts), 0)
                progress.told.append(each.id)
                await threads.note(self._db, progress)

    async def _write(self, progress: Progress, text: str, entry: int) -> None:
        for part in split(text, _MOST_TEXT):
            await self._client.call(
                "chat_postMessage",
                channel=self._channel,
                thread_ts=progress.thread,
                text=part,
                unfurl_links=False,
            )
        progress.said_until = max(progress.said_until, entry)
        if text:
            await threads.note(self._db, progress)

    async def _written_here(self, progress: Progress) -> set[int]:
        """Ids of entries that were written in the thread itself."""
        async with self._db.read() as session:
            rows = await session.execute(
                select(TicketMessage.id).where(
                    TicketMessage.ticket_id == progress.ticket_id,
                    TicketMessage.id > progress.said_until,
                    TicketMessage.key.like(f"%:{FROM_SLACK}%"),
                    TicketMessage.author.in_(("staff", "note")),
                )
            )
            return set(rows.scalars())
