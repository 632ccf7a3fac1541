"""Entities as BIO tags over words, and back; how many subwords a word has is said in ``words``.

A tag set is a list of entity types, each (entity, role or None, group or None). Tag 0 is O; type
``i`` has the tags B ``2 * i + 1`` and I ``2 * i + 2``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

OUTSIDE = 0


class EntityType(NamedTuple):
    """What a tag says about its words."""

    entity: str
    role: str | None = None
    group: str | None = None

    @classmethod
    def of(cls, entity: dict[str, Any]) -> EntityType:
        """Return the type of an entity as Rasa writes it."""
        return cls(entity["entity"], entity.get("role"), entity.get("group"))


class Span(NamedTuple):
    """Words ``first`` to ``last`` (included) that bear type number ``kind``."""

    first: int
    last: int
    kind: int


@dataclass
class Edges:
    """Characters that a word may carry over the edge of an entity.

    A subword of "的衣服" or "2000-" runs past the entity 衣服 or 2000. What was outside in such
    words of the training data is cut off again, unless an entity begins (or ends) with it.
    """

    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)

    @classmethod
    def learn(
        cls, examples: Iterable[tuple[str, NDArray[np.int64], Sequence[dict[str, Any]]]]
    ) -> Edges:
        """Collect them from (text, offsets (n, 2) of its words, entities)."""
        edges = cls()
        values: list[str] = []
        for text, offsets, entities in examples:
            for entity in entities:
                start, end = entity["start"], entity["end"]
                values.append(text[start:end])
                for a, b in offsets.tolist():
                    if a < start < b:
                        edges.before.add(text[a:start])
                    if a < end < b:
                        edges.after.add(text[end:b])
        edges.before = {
            each for each in edges.before if not any(v.startswith(each) for v in values)
        }
        edges.after = {each for each in edges.after if not any(v.endswith(each) for v in values)}
        return edges

    def cut(
        self, text: str, start: int, end: int, first_end: int, last_start: int
    ) -> tuple[int, int]:
        """Return start and end without such characters.

        Args:
            text: the message.
            start: where the first word starts.
            end: where the last word ends.
            first_end: where the first word ends: the cut stays inside it.
            last_start: where the last word starts: the cut stays inside it.
        """
        for size in range(first_end - start - 1, 0, -1):
            if text[start : start + size] in self.before:
                start += size
                break
        for size in range(end - max(start, last_start) - 1, 0, -1):
            if text[end - size : end] in self.after:
                end -= size
                break
        return start, end


def tags_of(
    offsets: NDArray[np.int64], entities: Sequence[dict[str, Any]], types: Sequence[EntityType]
) -> NDArray[np.int64]:
    """Return the tag of each word, (n,); a word that an entity touches belongs to it.

    Args:
        offsets: (n, 2) characters of each.
        entities: as Rasa writes them.
        types: the tag set.
    """
    tags = np.zeros(len(offsets), np.int64)
    for entity in sorted(entities, key=lambda each: each["start"]):
        kind = types.index(EntityType.of(entity))
        touched = (offsets[:, 0] < entity["end"]) & (offsets[:, 1] > entity["start"])
        # Of two entities that share a word the first has it.
        inside = np.flatnonzero(touched & (tags == OUTSIDE))
        tags[inside] = 2 * kind + 2
        tags[inside[:1]] = 2 * kind + 1
    return tags


def going_on(tags: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each tag that of a subword which goes on with a word of this tag: I for B."""
    return np.where(tags % 2 == 1, tags + 1, tags)


def is_inside(count: int) -> NDArray[np.bool_]:
    """Return which of so many tags are I tags."""
    numbers = np.arange(count)
    return (numbers > 0) & (numbers % 2 == 0)


def may_follow(count: int) -> NDArray[np.bool_]:
    """Return (tags, tags) whether the tag of the column may follow that of the row.

    An I tag may follow B or I of its own type, every other tag may follow all.
    """
    allowed = np.tile(~is_inside(count), (count, 1))
    inside = np.flatnonzero(is_inside(count))
    allowed[inside - 1, inside] = allowed[inside, inside] = True
    return allowed


def spans_of(tags: Sequence[int] | NDArray[np.int64]) -> list[Span]:
    """Return the spans of a sequence of tags, in order."""
    spans: list[Span] = []
    for at, tag in enumerate(tags):
        if tag == OUTSIDE:
            continue
        kind = (int(tag) - 1) // 2
        if tag % 2 == 0 and spans and spans[-1].last == at - 1 and spans[-1].kind == kind:
            spans[-1] = spans[-1]._replace(last=at)
        else:
            spans.append(Span(at, at, kind))
    return spans


def entities_of(
    text: str,
    offsets: NDArray[np.int64],
    tags: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    types: Sequence[EntityType],
    edges: Edges,
) -> list[dict[str, Any]]:
    """Return the entities of a text as Rasa writes them, without the extractor's name.

    Confidences are the smallest probability, over the words, of the entity (whatever its role
    and group), of the role and of the group.

    Args:
        text: the message.
        offsets: (n, 2) characters of its words.
        tags: (n,) what was decided.
        probabilities: (n, tags) of each tag.
        types: the tag set.
        edges: what to cut off at the ends.
    """
    found = []
    for first, last, kind in spans_of(tags):
        start, end = edges.cut(
            text,
            int(offsets[first, 0]),
            int(offsets[last, 1]),
            int(offsets[first, 1]),
            int(offsets[last, 0]),
        )
        by_type = probabilities[first : last + 1, 1:].reshape(last - first + 1, -1, 2).sum(-1)

        def confidence(part: str, wanted: str, by_type: NDArray[np.float32] = by_type) -> float:
            same = [getattr(each, part) == wanted for each in types]
            return float(min(1.0, by_type[:, same].sum(-1).min()))

        entity, role, group = types[kind]
        result: dict[str, Any] = {
            "entity": entity,
            "start": start,
            "end": end,
            "value": text[start:end],
            "confidence_entity": confidence("entity", entity),
        }
        if role is not None:
            result |= {"role": role, "confidence_role": confidence("role", role)}
        if group is not None:
            result |= {"group": group, "confidence_group": confidence("group", group)}
        found.append(result)
    return found
