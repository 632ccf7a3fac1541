"""What there is to learn: for each softmax the classes of customers and of example texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backends.customers.profiles.labels import carries, only_tag
from backends.customers.profiles.softmax import Labels
from backends.customers.profiles.tags import Group, Tag

#: A tag with fewer examples is not learnt.
LEAST_EXAMPLES = 5
#: The class of a customer or text that a task does not use.
UNUSED = -1


@dataclass(frozen=True)
class Task:
    """One softmax to learn.

    Attributes:
        tags: of each class; None where the class means that the tag is not there.
        y: (customers,) classes, `UNUSED` where the examples do not say.
        example_y: (texts,) the same.
    """

    group: str
    tags: tuple[Tag | None, ...]
    y: Labels
    example_y: Labels


class Planner:
    """Labels customers and example texts.

    Args:
        customers: their ids.
        features: of each.
        examples: group and tag of each example text.
    """

    def __init__(
        self,
        customers: Sequence[str],
        features: Sequence[Mapping[str, float]],
        examples: Sequence[tuple[Group, Tag]],
    ) -> None:
        self._customers = list(zip(customers, features, strict=True))
        self._examples = examples
        self.left_out: list[str] = []

    def tasks(self, group: Group) -> Iterator[Task]:
        """Yield what can be learnt of a group; what cannot is noted in ``left_out``."""
        if group.several:
            for tag in group.tags:
                yield from self._alone(group, tag)
        else:
            yield from self._exclusive(group)

    def _exclusive(self, group: Group) -> Iterator[Task]:
        places = [only_tag(group, name, values) for name, values in self._customers]
        y = np.array([UNUSED if place is None else place for place in places], np.int64)
        mine = [group.tags.index(tag) if one is group else UNUSED for one, tag in self._examples]
        example_y = np.array(mine, np.int64)
        kept = [
            at
            for at, tag in enumerate(group.tags)
            if self._enough(group, tag, int((y == at).sum() + (example_y == at).sum()))
        ]
        if len(kept) < 2:
            self.left_out.append(f"{group.id}: fewer than two of its tags can be learnt.")
            return
        yield Task(
            group.id, tuple(group.tags[at] for at in kept), _among(y, kept), _among(example_y, kept)
        )

    def _alone(self, group: Group, tag: Tag) -> Iterator[Task]:
        y = np.array([carries(tag, name, values) for name, values in self._customers], np.int64)
        example_y = np.array(
            [int(other is tag) if one is group else UNUSED for one, other in self._examples],
            np.int64,
        )
        if self._enough(group, tag, int(y.sum() + (example_y == 1).sum())):
            yield Task(group.id, (None, tag), y, example_y)

    def _enough(self, group: Group, tag: Tag, count: int) -> bool:
        if count < LEAST_EXAMPLES:
            self.left_out.append(
                f"{group.id}.{tag.id} has {count} examples among texts and customers; "
                f"at least {LEAST_EXAMPLES} are needed."
            )
        return count >= LEAST_EXAMPLES


def _among(y: Labels, kept: Sequence[int]) -> Labels:
    """Number the kept classes anew."""
    numbers = {at: number for number, at in enumerate(kept)}
    return np.array([numbers.get(int(at), UNUSED) for at in y], np.int64)
