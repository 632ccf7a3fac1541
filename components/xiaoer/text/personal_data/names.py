"""Names of persons, in Chinese and in Latin letters."""

from collections.abc import Iterator, Sequence

from xiaoer.text.personal_data import chinese_names, latin_names

Place = tuple[int, int]


def candidates(seen: str, found: Sequence[Place]) -> Iterator[Place]:
    """Yield the places of names in a text as `plain` gives it.

    Args:
        seen: The text.
        found: Where other personal data is, in whose company names stand.
    """
    yield from chinese_names.candidates(seen, found)
    yield from latin_names.candidates(seen, found)
