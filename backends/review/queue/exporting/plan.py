"""What of the decisions goes where; nothing is changed yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.review.queue import texts
from backends.review.queue.deciding import MOST_VARIANTS, plain_text, prefilled
from backends.review.queue.models import EXAMPLES, ReviewDecision, ReviewMessage
from backends.review.queue.orders import Known


@dataclass
class Plan:
    """Changes to make.

    Attributes:
        examples: what to add to intents there are.
        intents: new ones: the file of each, and its examples.
        articles: all of each article that is new or has new ways to ask, by id.
        messages: ids of the messages that are in the files afterwards, by decision.
        problems: a sentence for each message that stays as it is.
    """

    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    intents: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no message is to be exported."""
        return not self.messages


async def decided(session: AsyncSession) -> list[tuple[ReviewDecision, ReviewMessage]]:
    """Return all that is decided and not exported, in the order of the decisions."""
    rows = await session.execute(
        select(ReviewDecision, ReviewMessage)
        .join(ReviewMessage, ReviewMessage.decision_id == ReviewDecision.id)
        .where(ReviewMessage.exported_at.is_(None))
        .order_by(ReviewDecision.id, ReviewMessage.id)
    )
    return [(decision, message) for decision, message in rows]


def make_plan(rows: Iterable[tuple[ReviewDecision, ReviewMessage]], known: Known) -> Plan:
    """Lay the changes out; what stands in the files already is not written again."""
    plan, rows = Plan(), list(rows)
    there = dict(known.examples.known)
    for decision, _ in rows:
        if decision.kind == "new_intent" and decision.intent not in known.examples.intents:
            plan.intents.setdefault(decision.intent, (decision.content["file"], []))
    for decision, message in rows:
        if decision.kind in EXAMPLES:
            problem = _example(plan, decision, message, known, there)
        elif decision.kind == "discard":
            problem = None
        else:
            problem = _variant(plan, decision, message, known)
        if problem is None:
            plan.messages[decision.id].append(message.id)
        else:
            plan.problems.append(f"Message {message.id} stays: {problem}")
    return plan


def _example(
    plan: Plan,
    decision: ReviewDecision,
    message: ReviewMessage,
    known: Known,
    there: dict[str, str],
) -> str | None:
    label = message.label
    if label not in known.examples.intents and label not in plan.intents:
        return f"there is no intent {label} any more."
    key = texts.normalised(plain_text(message))
    if key in there:
        other = there[key]
        return None if other == label else f"its text is an example of {other} already."
    there[key] = label
    written = prefilled(message, known)
    if label in plan.intents:
        plan.intents[label][1].append(written)
    else:
        plan.examples[label].append(written)
    return None


def _variant(
    plan: Plan, decision: ReviewDecision, message: ReviewMessage, known: Known
) -> str | None:
    content = decision.content["article"]
    name = content["id"]
    if name not in plan.articles:
        if name in known.articles:
            plan.articles[name] = known.articles[name].dict(exclude_none=True)
        elif decision.kind == "article":
            plan.articles[name] = {
                key: dict(value) if isinstance(value, dict) else value
                for key, value in content.items()
            }
        else:
            return f"there is no article {name} any more."
    wording = plan.articles[name].get(message.language)
    if wording is None:
        return f"the article {name} is not in its language."
    text = plain_text(message)
    asked = [wording["question"], *wording.setdefault("variants", [])]
    if texts.normalised(text) not in {texts.normalised(one) for one in asked}:
        if len(wording["variants"]) >= MOST_VARIANTS:
            return f"the article {name} has {MOST_VARIANTS} ways to ask already."
        wording["variants"] = [*wording["variants"], text]
    return None
