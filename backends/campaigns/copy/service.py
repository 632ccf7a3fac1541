"""Copy as pages and endpoints ask for it; one for each server process."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from backends.campaigns.copy.briefs import records
from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.briefs.choices import ask
from backends.campaigns.copy.facts import gather
from backends.campaigns.copy.lies.all import find_lies
from backends.campaigns.copy.lies.lie import Asked, Lie
from backends.campaigns.copy.material.book import Material, MaterialBook
from backends.campaigns.copy.models import WRITTEN, CopyBrief
from backends.campaigns.copy.settings import CopySettings
from backends.campaigns.copy.snapshot import snapshot
from backends.campaigns.copy.writing.writer import Writer
from backends.customers.segments.book import Segment, SegmentBook
from backends.db import Database, now
from backends.errors import ApiError
from backends.setup_error import SetupError

Read = TypeVar("Read")


class LieError(ApiError):
    """409: a brief asks for what is not true or not allowed.

    Args:
        lies: what it asks for.
    """

    def __init__(self, lies: list[Lie]) -> None:
        told = [vars(lie) for lie in lies]
        sentence = _SENTENCES.get(lies[0].reason, "The brief asks for what is not true.")
        super().__init__(409, "not_allowed", sentence, reason=lies[0].reason, lies=told)
        self.lies = lies


class CopyService:
    """Writes copy.

    Args:
        folder: ``data/campaigns``.
        segments: the segments that copy can be for.
        settings: of the writer.
    """

    def __init__(self, folder: Path, segments: SegmentBook, settings: CopySettings) -> None:
        self._book = MaterialBook(folder)
        self._segments = segments
        self.writer = Writer(settings)

    async def material(self) -> Material:
        """What stands in data/campaigns now.

        Raises:
            ApiError: 409 when a file there has a mistake.
        """
        return await _reading(self._book.material)

    async def segments(self) -> Mapping[str, Segment]:
        """The segments there are.

        Raises:
            ApiError: 409 when their file has a mistake.
        """
        return await _reading(self._segments.segments)

    async def check(self, db: Database, brief: Brief) -> Asked:
        """Return a brief beside what is true.

        Raises:
            ApiError: 409 ``unknown`` for names that are not known.
            LieError: it asks for a lie.
        """
        material, segments = await self.material(), await self.segments()
        async with db.read() as session:
            asked = await ask(session, brief, material, segments)
        lies = await asyncio.to_thread(find_lies, asked)
        if lies:
            raise LieError(lies)
        return asked

    async def order(
        self, db: Database, key: str, brief: Brief, made_by: int | None = None
    ) -> tuple[CopyBrief, bool]:
        """Write copy for a brief once, however often the key is sent.

        Returns:
            The brief, and whether it was there before. It is still being written when another
            request with its key is at it.

        Raises:
            ApiError: 409 for names that are not known, 422 for a key of another brief, 503 when too much is
                being written.
            LieError: it asks for a lie.
        """
        mark = _hash(brief)
        known = await self._known(db, key, mark)
        if known is not None:
            return known, True
        asked = await self.check(db, brief)
        moment = now()
        async with db.write() as session:
            ids = [ware.id for ware in asked.wares]
            row, mine = await records.begin(session, key, mark, asked.brief, ids, made_by, moment)
        if not mine:
            return row, True
        await self._write(db, row, asked)
        async with db.read() as session:
            return await records.brief_of(session, row.reference), False

    async def close(self) -> None:
        """End threads and connections."""
        await self.writer.close()

    async def _known(self, db: Database, key: str, mark: str) -> CopyBrief | None:
        """The brief of a key, if it needs no writing: also when it would be refused by now."""
        async with db.read() as session:
            row = await records.of_key(session, key)
        if row is None or row.request_hash != mark:
            return None
        stale = row.state != WRITTEN and row.writing_since < now() - records.STALE
        return None if stale else row

    async def _write(self, db: Database, row: CopyBrief, asked: Asked) -> None:
        brief, material = asked.brief, asked.material
        facts = await asyncio.to_thread(gather, brief, asked.wares, material)
        audience = ""
        if brief.audience:
            segment = (await self.segments())[brief.audience]
            audience = segment.zh if brief.language == "zh" else segment.en
        try:
            written = await self.writer.write(brief, facts, material, row.reference, audience)
        except ApiError:
            async with db.write() as session:
                await records.give_up(session, row)
            raise
        promotion = asked.promotion or (asked.of_code[0] if asked.of_code else None)
        kept = snapshot(brief, asked.wares, promotion, material.limits)
        until = brief.offer.ends if brief.offer else None
        async with db.write() as session:
            await records.finish(session, row, written.variants, written.notes, kept, until, now())


async def _reading(work: Callable[[], Read]) -> Read:
    try:
        return await asyncio.to_thread(work)
    except SetupError as error:
        raise ApiError(409, "not_allowed", str(error), reason="setup") from None


def _hash(brief: Brief) -> str:
    written = json.dumps(brief.record(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()


_SENTENCES = {
    "sold_out": "A product of the brief is sold out.",
    "not_scarce": "The brief says that few are left, and there are enough.",
    "expired": "The offer has ended.",
    "too_long": "The offer ends later than the shop allows.",
    "not_begun": "The promotion has not begun.",
    "no_promotion": "There is no such promotion in the catalogue.",
    "not_for_product": "The promotion does not hold for a product of the brief.",
    "other_terms": "The catalogue has the promotion on other terms.",
    "no_value": "The offer does not say how much it takes off.",
    "no_reduction": "An offer of this kind takes nothing off the price.",
    "no_gift": "The offer does not say what is given.",
    "gift_not_offered": "A gift is named, and the offer is of another kind.",
    "too_much_off": "The offer takes off more than the shop allows.",
    "wrong_price": "The price with the offer is not the price less the reduction.",
    "not_offered": "A fact promises a discount, gift or free shipping that no offer gives.",
    "contradicts": "A fact is not as the catalogue has it.",
    "forbidden": "The law of advertising does not allow a word of the brief.",
    "pressing": "The brief presses customers with a day that is not the last.",
    "rating": "Ratings are not advertised: they change.",
    "personal_data": "The brief has personal data in it.",
    "instruction": "The brief gives orders to a language model.",
    "language": "A fact is not in the language of the copy.",
    "price": "A price in the brief is not the product's.",
    "not_in_facts": "A point to be made does not stand in the facts.",
}
