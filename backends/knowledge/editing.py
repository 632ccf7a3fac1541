"""Changes to the articles of one YAML document that leave comments, order and quotes alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import yaml
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tokens import CommentToken

from backends.knowledge.article import LANGUAGES, Article

# Where ruamel keeps the comment that follows a value.
_AFTER = {CommentedMap: 2, CommentedSeq: 0}
_RESOLVER = yaml.SafeLoader("")


def insert(document: CommentedMap, articles: Iterable[Article]) -> None:
    """Write articles, each in place of the one with its id, or behind all others."""
    if document.get("articles") is None:
        document["articles"] = CommentedSeq()
    rows = document["articles"]
    places = {row["id"]: row for row in reversed(rows) if _id(row) is not None}
    for article in articles:
        form = _form(article, document.get("source"))
        row = places.get(article.id)
        if row is None:
            rows.append(form)
        else:
            following = _take_comment(row)
            _update(row, form)
            _give_comment(row, following)


def remove(document: CommentedMap, article_id: str) -> None:
    """Take an article out; the comment behind it, which belongs to the next one, stays."""
    rows = document.get("articles") or CommentedSeq()
    for at, row in enumerate(rows):
        if _id(row) == article_id:
            following = _take_comment(row)
            del rows[at]
            if at < len(rows):
                _put_before(rows, at, following)
            elif rows:
                _give_comment(rows, following)
            return


def has_articles(document: Any) -> bool:
    """Whether a document is one that articles can be written into."""
    return isinstance(document, CommentedMap) and isinstance(
        document.get("articles"), CommentedSeq | None
    )


def head(category: str) -> CommentedMap:
    """Return a new document without articles."""
    return CommentedMap(category=_text(category), articles=CommentedSeq())


def _id(row: Any) -> str | None:
    found = row.get("id") if isinstance(row, CommentedMap) else None
    return found if isinstance(found, str) else None


def _form(article: Article, inherited: Any) -> CommentedMap:
    """Return an article as it stands in a file, without what the file's head says."""
    form = CommentedMap(id=_text(article.id))
    source = article.source.dict(exclude_none=True) if article.source else None
    if source and source != (dict(inherited) if inherited else None):
        form["source"] = CommentedMap({name: _text(value) for name, value in source.items()})
    for name in ("valid_from", "valid_to"):
        day: date | None = getattr(article, name)
        if day is not None:
            form[name] = day
    for language in LANGUAGES:
        wording = getattr(article, language)
        if wording is not None:
            part = CommentedMap(question=_text(wording.question))
            if wording.variants:
                part["variants"] = CommentedSeq(map(_text, wording.variants))
            part["answer"] = _text(wording.answer)
            form[language] = part
    return form


def _text(value: str) -> str:
    """Quote what YAML 1.1, by which the files are read, takes for no text, and ruamel does not.

    Such as ``yes`` and ``12:30``, and lines that it would break at other characters than newline.
    """
    value = str(value)
    plain = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))
    if plain != "tag:yaml.org,2002:str" or not value.replace("\n", "").isprintable():
        return DoubleQuotedScalarString(value)
    return value


def _update(old: CommentedMap, new: CommentedMap) -> None:
    for name in [name for name in old if name not in new]:
        del old[name]
    for at, (name, value) in enumerate(new.items()):
        if name not in old:
            old.insert(at, name, value)
        elif isinstance(old[name], CommentedMap) and isinstance(value, CommentedMap):
            _update(old[name], value)
        elif old[name] != value:
            old[name] = value


def _last(node: Any) -> tuple[Any, Any]:
    """Return the innermost collection that ends a node, and the key of its last value."""
    while True:
        key = next(reversed(node)) if isinstance(node, CommentedMap) else len(node) - 1
        below = node[key]
        if not isinstance(below, CommentedMap | CommentedSeq) or not below or below.fa.flow_style():
            return node, key
        node = below


def _take_comment(node: Any) -> str:
    """Remove the lines of comment that follow a node, and return them."""
    owner, key = _last(node)
    comments, slot = owner.ca.items.get(key), _AFTER[type(owner)]
    if not comments or not comments[slot]:
        return ""
    # A comment in the line of the value itself is the value's.
    own, _, following = comments[slot].value.partition("\n")
    comments[slot] = CommentToken(f"{own}\n", comments[slot].start_mark, None) if own else None
    return following


def _give_comment(node: Any, following: str) -> None:
    if not following:
        return
    owner, key = _last(node)
    comments, slot = owner.ca.items.setdefault(key, [None] * 4), _AFTER[type(owner)]
    before, mark = comments[slot], CommentMark(0)
    if before:
        comments[slot] = CommentToken(before.value + following, before.start_mark, None)
    else:
        comments[slot] = CommentToken(f"\n{following}", mark, None)


def _put_before(rows: CommentedSeq, at: int, following: str) -> None:
    if following:
        comments = rows.ca.items.setdefault(at, [None] * 4)
        comments[1] = [CommentToken(following, CommentMark(0), None), *(comments[1] or [])]
