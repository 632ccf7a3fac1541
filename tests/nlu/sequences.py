"""Which sequences of BIO tags are allowed, said apart from the code under test."""


def allowed(tags: tuple[int, ...]) -> bool:
    """Whether each I tag follows B or I of its own type."""
    return all(
        tag == 0 or tag % 2 == 1 or (at > 0 and tags[at - 1] in (tag, tag - 1))
        for at, tag in enumerate(tags)
    )
