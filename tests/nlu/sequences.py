"""Which sequences of BIO tags are allowed, said apart from the code under test."""

import itertools


def allowed(tags: tuple[int, ...]) -> bool:
    """Whether each I tag follows B or I of its own type."""
    return all(
        tag == 0 or tag % 2 == 1 or (at > 0 and tags[at - 1] in (tag, tag - 1))
        for at, tag in enumerate(tags)
    )


def every(length: int, width: int) -> list[tuple[int, ...]]:
    """All allowed sequences of so many tags out of ``width``."""
    return [tags for tags in itertools.product(range(width), repeat=length) if allowed(tags)]
