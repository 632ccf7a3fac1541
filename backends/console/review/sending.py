"""From the fields of the pages' forms to orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backends.console.forms import Form
from backends.console.texts import LANGUAGES
from backends.console.visit import Visit
from backends.db import now
from backends.review.queue import deciding, reading
from backends.review.queue.facts import known_of
from backends.review.queue.orders import Order
from backends.review.queue.refusals import ReviewRefusal

_NUMBER = re.compile("[1-9][0-9]{0,8}")
#: Of one decision; a group has no more.
_MOST = 400


async def chosen_ids(session: AsyncSession, group: int, form: Form) -> list[int]:
    """Return the messages that a form is about: those ticked, or all that its page counted.

    Raises:
        ReviewRefusal: there is none, or not as many are open as the person was told.
    """
    if form.one("all") != "1":
        ids = numbers(form.many("messages"))
        if not ids:
            raise ReviewRefusal("nothing_chosen")
        return ids
    seen, counted = form.one("seen"), form.one("counted")
    ids = await reading.all_open(session, group, int(seen) if _NUMBER.fullmatch(seen) else 0)
    if not ids:
        raise ReviewRefusal("nothing_chosen")
    if str(len(ids)) != counted:
        raise ReviewRefusal("count_changed")
    return ids


def numbers(sent: Sequence[str]) -> list[int]:
    """The numbers among what was sent, each once."""
    found = [int(one) for one in sent if _NUMBER.fullmatch(one)]
    return list(dict.fromkeys(found))[:_MOST]


def order_of(form: Form) -> Order:
    """Read kind, intent and reason; a button with an intent of its own relabels to it."""
    quick = form.one("quick")
    if quick:
        return Order("relabel", quick)
    kind = form.one("kind")
    article: dict[str, Any] = {}
    if kind == "variant":
        article = {"id": form.one("article")}
    name = form.one("name") if kind == "new_intent" else form.one("intent")
    return Order(kind, name, form.one("file"), article, form.one("reason"))


def article_of(form: Form) -> dict[str, Any]:
    """Read the form of a new article; a language of which nothing was written is left out."""
    article: dict[str, Any] = {"id": form.one("id"), "category": form.one("category")}
    for language in LANGUAGES:
        question, answer = form.one(f"question_{language}"), form.one(f"answer_{language}")
        if question or answer:
            article[language] = {"question": question, "answer": answer}
    return article


async def decide(visit: Visit, ids: Sequence[int], order: Order) -> deciding.Outcome:
    """Decide as the person who asks."""
    known = await known_of(visit.request.app)
    async with visit.db.write() as session:
        return await deciding.decide(session, visit.staff.id, ids, order, known, now())
