"""What somebody decides of some messages, checked as far as no message is needed for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backends.knowledge.article import LANGUAGES, Article
from backends.knowledge.reading import problems_of
from backends.review.queue.examples import RESERVED, Examples
from backends.review.queue.models import KINDS
from backends.review.queue.refusals import ReviewRefusal

INTENT_PATTERN = "^[a-z][a-z0-9_]{1,59}$"
LONGEST_REASON = 200


@dataclass(frozen=True)
class Order:
    """A decision before it is made.

    Attributes:
        kind: one of `models.KINDS`.
        intent: of ``relabel`` and ``new_intent``.
        file: of ``new_intent``: where it is written, as a path within the NLU data; "" chooses.
        article: of ``article`` all of it, of ``variant`` only its ``id``.
        reason: of ``discard``, if one is given.
    """

    kind: str
    intent: str = ""
    file: str = ""
    article: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Known:
    """What there is to decide by.

    Attributes:
        examples: of the NLU data.
        folder: where these lie.
        articles: of the knowledge base, by id.
        made: intents that were decided and are not exported yet, each with its file.
        planned: ids of articles that were decided and are not exported yet.
    """

    examples: Examples
    folder: Path
    articles: Mapping[str, Article]
    made: Mapping[str, str]
    planned: Collection[str]

    def files(self) -> list[str]:
        """The files that hold intents, as paths within the folder."""
        return [path.relative_to(self.folder).as_posix() for path in self.examples.files]

    def file_of(self, intent: str | None) -> str:
        """The file that holds an intent; the first of all when it holds none."""
        found = self.examples.intents.get(intent or "")
        files = self.files()
        if found is not None:
            return found.file.relative_to(self.folder).as_posix()
        return files[0] if files else ""


def check(order: Order, known: Known, suggested: str | None) -> dict[str, Any]:
    """Return what is kept of an order.

    Args:
        order: what somebody wants.
        known: what there is.
        suggested: the intent beside which a new one is written when no file is named.

    Raises:
        ReviewRefusal: it cannot be.
    """
    if order.kind not in KINDS:
        raise ReviewRefusal("kind")
    if order.kind == "relabel":
        if order.intent not in known.examples.intents and order.intent not in known.made:
            raise ReviewRefusal("unknown_intent")
    elif order.kind == "new_intent":
        return {"file": _new_intent(order, known, suggested)}
    elif order.kind == "article":
        return {"article": _new_article(order, known)}
    elif order.kind == "variant":
        name = order.article.get("id", "")
        if name not in known.articles:
            raise ReviewRefusal("unknown_article")
        return {"article": {"id": name}}
    elif order.kind == "discard":
        return {"reason": order.reason[:LONGEST_REASON]}
    return {}


def _new_intent(order: Order, known: Known, suggested: str | None) -> str:
    if not re.fullmatch(INTENT_PATTERN, order.intent) or order.intent in RESERVED:
        raise ReviewRefusal("intent_name")
    if order.intent in known.examples.intents or order.intent in known.made:
        raise ReviewRefusal("intent_taken")
    file = order.file or known.file_of(suggested)
    if file not in known.files():
        raise ReviewRefusal("file")
    return file


def _new_article(order: Order, known: Known) -> dict[str, Any]:
    try:
        article = Article.parse_obj(order.article)
    except ValidationError as error:
        raise ReviewRefusal("article", what=" ".join(problems_of(error, ""))[:300]) from None
    if article.id in known.articles or article.id in known.planned:
        raise ReviewRefusal("article_taken")
    content: dict[str, Any] = {"id": article.id, "category": article.category}
    for language in LANGUAGES:
        wording = getattr(article, language)
        if wording is not None:
            content[language] = {"question": wording.question, "answer": wording.answer}
    return content
