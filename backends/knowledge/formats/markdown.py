"""Articles as a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backends.rows import Problem, Row

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")


def read_markdown(text: str) -> Iterator[Row | Problem]:
    """Read a Markdown file: each heading below the first level is a question.

    Quoted lines (``>``) right below a heading are other ways to ask; what follows is the answer. A
    heading of the first level names the source of what stands below it.

    Yields:
        Each question with the line of its heading, or why it cannot be used.
    """
    source: str | None = None
    question: tuple[int, str] | None = None
    body: list[str] = []
    fenced = False
    for line, written in enumerate(text.splitlines(), 1):
        fenced ^= bool(_FENCE.match(written))
        heading = None if fenced else _HEADING.match(written)
        if heading is None:
            body.append(written)
            continue
        if question is not None:
            yield _row(question, body, source)
        body = []
        if len(heading.group(1)) == 1:
            source, question = heading.group(2), None
        else:
            question = (line, heading.group(2))
    if question is not None:
        yield _row(question, body, source)


def _row(question: tuple[int, str], body: list[str], source: str | None) -> Row | Problem:
    line, asked = question
    variants: list[str] = []
    rest = [written.strip() for written in body]
    while rest and (not rest[0] or rest[0].startswith(">")):
        variant = rest.pop(0).lstrip("> ").strip()
        if variant:
            variants.append(variant)
    answer = re.sub(r"\n{2,}", "\n", "\n".join(rest).strip())
    if not answer:
        return Problem(line, "the question has no answer below it.")
    fields = {"question": asked, "variants": variants, "answer": answer}
    return Row(line, {**fields, "source": source} if source else fields)
