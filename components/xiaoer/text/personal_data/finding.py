"""Finding and masking personal data of all kinds."""

import re
from collections.abc import Iterable, Iterator, Sequence

from xiaoer.text.personal_data import numbers
from xiaoer.text.personal_data.plain import plain
from xiaoer.text.personal_data.span import ADDRESS, NAME, NUMBERS, Span


def find(text: str, allowed: Iterable[str] = (), kinds: frozenset[str] = NUMBERS) -> list[Span]:
    """Return the personal data in `text`, in order; none overlap.

    Args:
        text: Any text.
        allowed: Phone numbers and e-mail addresses that are not personal, such as the shop's own
            hotline; how they are grouped does not matter.
        kinds: What to look for.
    """
    seen, positions = plain(text)
    spans: list[Span] = []
    if numbers.HINT.search(seen):
        for start, end, kind in numbers.candidates(seen):
            if kind in kinds and _is_free(start, end, spans):
                spans.append(Span(start, end, kind))
    if ADDRESS in kinds or NAME in kinds:
        for start, end, kind in _worded(seen, spans):
            if kind in kinds and _is_free(start, end, spans):
                spans.append(Span(start, end, kind))
    if not spans:
        return []
    not_personal = {_key(each) for each in allowed}
    return [
        Span(positions[span.start], positions[span.end - 1] + 1, span.kind)
        for span in sorted(spans, key=lambda span: span.start)
        if span.kind in (ADDRESS, NAME) or _key(seen[span.start : span.end]) not in not_personal
    ]


def mask(text: str, allowed: Iterable[str] = (), kinds: frozenset[str] = NUMBERS) -> str:
    """Return `text` with its kind in brackets, such as ``[phone]``, for each piece `find` finds."""
    masked, end = [], 0
    for span in find(text, allowed, kinds):
        masked += [text[end : span.start], f"[{span.kind}]"]
        end = span.end
    return "".join([*masked, text[end:]])


def _worded(seen: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """Yield addresses, then names, which are looked for beside what was found already."""
    # Their lexicons are read when they are needed.
    from xiaoer.text.personal_data import addresses, names

    found = [(span.start, span.end) for span in spans]
    for start, end in addresses.candidates(seen):
        if all(end <= begins or ends <= start for begins, ends in found):
            found.append((start, end))
            yield start, end, ADDRESS
    for start, end in names.candidates(seen, found):
        yield start, end, NAME


def _is_free(start: int, end: int, spans: Sequence[Span]) -> bool:
    return not any(start < span.end and span.start < end for span in spans)


def _key(written: str) -> str:
    """Return what two ways to write one number or address have in common."""
    if "@" in written:
        return re.sub(r"\s", "", written.lower())
    digits = re.sub("[^0-9]", "", plain(written)[0])
    return re.sub("^(?:00)?86(?=[0-9]{10})", "", digits).lstrip("0")
